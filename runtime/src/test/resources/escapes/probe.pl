# Tries, as root in a VE, what would reach beyond it, and prints one line a try: "WHAT: RESULT", RESULT being the name of
# the error or "done". No modules: the VE has perl's program and nothing else of perl.
$| = 1;
my %names = (
    1 => 'EPERM', 2 => 'ENOENT', 3 => 'ESRCH', 6 => 'ENXIO', 9 => 'EBADF', 11 => 'EAGAIN', 12 => 'ENOMEM', 13 => 'EACCES',
    14 => 'EFAULT', 16 => 'EBUSY', 19 => 'ENODEV', 20 => 'ENOTDIR', 21 => 'EISDIR', 22 => 'EINVAL', 24 => 'EMFILE',
    25 => 'ENOTTY', 28 => 'ENOSPC', 30 => 'EROFS', 38 => 'ENOSYS', 95 => 'EOPNOTSUPP');

sub say_result {
    my ($what, $result) = @_;
    my $error = $! + 0;
    print "$what: ", ($result ? 'done' : $names{$error} || "error $error"), "\n";
}

# call WHAT NUMBER ARGUMENTS: a raw system call.
sub call {
    my ($what, @call) = @_;
    my $result = syscall($call[0], map { $_ } @call[1 .. $#call]);
    say_result($what, $result != -1);
    return $result;
}

# system calls of x86-64 that no VE may make
sub calls {
    my $buffer = "\0" x 256;
    call('kexec_load', 246, 0, 0, 0, 0);
    call('kexec_file_load', 320, -1, -1, 0, 0, 0);
    call('init_module', 175, $buffer, 0, $buffer);
    call('finit_module', 313, -1, $buffer, 0);
    call('delete_module', 176, "loop\0", 0);
    # A map of two entries: more would be asked than a program needs to be.
    call('bpf map', 321, 0, pack('L16', 2, 4, 4, 2), 64);
    call('bpf program', 321, 5, pack('LLQQLLQ', 15, 1, 0, 0, 0, 0, 0) . $buffer, 72);
    call('userfaultfd', 323, 0);
    call('userfaultfd of user mode', 323, 1);
    call('perf_event_open', 298, $buffer, 0, -1, -1, 0);
    call('iopl', 172, 3);
    call('ioperm', 173, 0x80, 1, 1);
    call('swapon', 167, "/swap\0", 0);
    call('swapoff', 168, "/swap\0");
    call('acct', 163, 0);
    call('settimeofday', 164, pack('qq', 1, 0), 0);
    call('clock_settime', 227, 0, pack('qq', 1, 0));
    call('open_by_handle_at', 304, -100, pack('LL', 8, 1) . $buffer, 0);
    call('quotactl', 179, 0x80000700, 0, 0, $buffer);
    call('syslog', 103, 3, $buffer, 10);
    call('keyctl', 250, 0, -3, 1);
    call('add_key', 248, "user\0", "probe\0", $buffer, 1, -3);
    call('request_key', 249, "user\0", "probe\0", 0, 0);
    # Real time would take the CPU from every other VE.
    call('sched_setscheduler', 144, 0, 1, pack('L', 1));
    call('setpriority', 141, 0, 0, -19);
    call('raise RLIMIT_NOFILE', 302, 0, 7, pack('QQ', 1 << 21, 1 << 21), 0);
    call('raise RLIMIT_MEMLOCK', 302, 0, 8, pack('qq', -1, -1), 0);
    open(my $terminal, '+<', '/dev/pts/ptmx') or die "ptmx: $!";
    my $letter = 'x';
    say_result('TIOCSTI', ioctl($terminal, 0x5412, $letter));
    say_result('TIOCLINUX', ioctl($terminal, 0x541c, $letter));
}

# system calls by which mounts and user namespaces come into being; a VE with a user namespace may make them
sub namespaces {
    call('clone user namespace', 56, 0x10000000 | 17, 0, 0, 0, 0) == 0 and exit 0;
    call('clone cgroup namespace', 56, 0x02000000 | 17, 0, 0, 0, 0) == 0 and exit 0;
    call('unshare user namespace', 272, 0x10000000);
    call('unshare cgroup namespace', 272, 0x02000000);
    call('clone3', 435, 0, 0);
    call('unshare mount namespace', 272, 0x20000);
    call('mount proc', 165, "proc\0", "/tmp\0", "proc\0", 0, 0);
    call('mount sysfs', 165, "sysfs\0", "/tmp\0", "sysfs\0", 0, 0);
    call('mount tmpfs', 165, "tmpfs\0", "/tmp\0", "tmpfs\0", 0, 0);
    call('bind', 165, "/proc\0", "/tmp\0", 0, 0x1000, 0);
    call('remount /proc/sys', 165, 0, "/proc/sys\0", 0, 0x1020, 0);
    call('remount /sys', 165, 0, "/sys\0", 0, 0x1020, 0);
    call('umount /proc/sys', 166, "/proc/sys\0", 2);
    call('uncover /proc/kallsyms', 166, "/proc/kallsyms\0", 2);
    call('fsopen', 430, "proc\0", 0);
    call('open_tree', 428, -100, "/proc\0", 1);
    call('move_mount', 429, -100, "/proc\0", -100, "/tmp\0", 0);
    call('mount_setattr', 442, -100, "/proc/sys\0", 0, pack('Q4', 0, 1, 0, 0), 32);
    call('pivot_root', 155, ".\0", ".\0");
}

# put WHAT FILE TEXT: writes into a file that is there
sub put {
    my ($what, $file, $text) = @_;
    my $out;
    say_result($what, sysopen($out, $file, 1) && syswrite($out, "$text\n"));
}

# Files by which a process gets out of a cgroup, out of its limits, or at a program that the host's kernel starts. Where a
# cgroup lacks one, the tree's root may have it.
my @out = qw(
    cgroup.procs tasks release_agent notify_on_release memory.max memory.limit_in_bytes memory.memsw.limit_in_bytes pids.max
    devices.allow cpu.max cpu.cfs_quota_us cpu.shares cpuset.cpus freezer.state blkio.throttle.read_bps_device);

# what a process would write there
sub wish {
    local $_ = shift;
    return $$ if /procs$|tasks$|threads$/;
    return '/tmp/x' if /release_agent$/;
    return 'a' if /^devices/;
    return '0' if /^cpuset/;
    return 'THAWED' if /^freezer/;
    return '1:0 0' if /^blkio/;
    return /\.max$|\.high$/ ? 'max' : /limit|quota/ ? '-1' : '1';
}

# cgroups: makes namespaces of its own, mounts every hierarchy in them, and writes whatever it finds there; stays a while,
# so that the host can see where it is
sub cgroups {
    my %hierarchies = ('v2' => 0);
    open(my $own, '<', '/proc/self/cgroup') or die "cgroup: $!";
    while (<$own>) {
        my $controllers = (split /:/)[1];
        next if $controllers eq '';
        $hierarchies{$controllers} = ($controllers =~ /^name=/ ? 'none,' : '') . "$controllers\0";
    }
    # One that no hierarchy has, or the unified one, would be a hierarchy of its own, with a release_agent of its own.
    for my $controller (qw(memory pids cpu cpuacct cpuset devices freezer blkio net_cls net_prio perf_event hugetlb rdma misc)) {
        next if grep { /\b$controller\b/ } keys %hierarchies;
        $hierarchies{"new $controller"} = "$controller\0";
    }
    $hierarchies{'new name=probe'} = "none,name=probe\0";
    call('unshare', 272, 0x10000000 | 0x02000000 | 0x20000);
    put('setgroups', '/proc/self/setgroups', 'deny');
    put('uid_map', '/proc/self/uid_map', '0 0 1');
    put('gid_map', '/proc/self/gid_map', '0 0 1');
    for my $name (sort keys %hierarchies) {
        my $dir = '/tmp/cgroup-' . $name =~ tr/ ,=/___/r;
        mkdir $dir;
        my $type = $name eq 'v2' ? "cgroup2\0" : "cgroup\0";
        next if call("mount $name", 165, "none\0", "$dir\0", $type, 0, $hierarchies{$name}) == -1;
        hierarchy($name, $dir);
    }
    say_result('end', 1);
    sleep 60;
}

# hierarchy NAME DIRECTORY: tries all of one that is mounted there
sub hierarchy {
    my ($name, $dir) = @_;
    my %files = map { $_ => 1 } @out;
    opendir(my $entries, $dir) or die "$dir: $!";
    for my $file (readdir $entries) {
        $files{$file} = 1 if -f "$dir/$file" and (stat _)[2] & 0222;
    }
    put("$name $_", "$dir/$_", wish($_)) for sort keys %files;
    put("$name ../$_", "$dir/../$_", wish($_)) for @out;
    call("$name mkdir", 83, "$dir/probe\0", 0755);
    # The root of the tree by the handle that kernfs gives it.
    opendir(my $top, $dir) or die "$dir: $!";
    call("$name open_by_handle_at", 304, fileno($top), pack('LlQ', 8, 0xfe, 1), 0);
    # The root of a mount that hangs nowhere has nothing above it.
    chdir $top or die "$dir: $!";
    call("$name umount", 166, "$dir\0", 2);
    put("$name above $_", "../$_", wish($_)) for @out;
    call("$name above mkdir", 83, "../above\0", 0755);
    chdir '/';
}

# writable DIRECTORY...: names every file below that opens for writing
sub writable {
    for my $directory (@_) {
        opendir(my $entries, $directory) or next;
        for my $name (sort readdir $entries) {
            next if $name eq '.' or $name eq '..';
            my $path = "$directory/$name";
            next if -l $path;
            if (-d _) {
                writable($path);
            } elsif (-f _ and sysopen(my $file, $path, 1)) {
                print "$path\n";
            }
        }
    }
}

# nodes: makes nodes of host devices and opens them
sub nodes {
    for my $node (@_) {
        my ($type, $major, $minor) = split /:/, $node;
        my $path = "/dev/node-$type-$major-$minor";
        my $number = ($minor & 0xff) | ($major << 8) | (($minor & ~0xff) << 12);
        call("mknod $node", 133, "$path\0", ($type eq 'b' ? 060000 : 020000) | 0666, $number);
        say_result("read $node", sysopen(my $in, $path, 0));
        say_result("write $node", sysopen(my $out, $path, 1));
        unlink $path;
    }
}

# root: leaves its root as chroot(2) lets root do, and tells what it sees there
sub root {
    mkdir '/tmp/jail';
    opendir(my $here, '/') or die;
    chroot '/tmp/jail' or die "chroot: $!";
    chdir $here or die "chdir: $!";
    chdir '..' for 1 .. 100;
    chroot '.' or die "chroot: $!";
    opendir(my $entries, '/') or die;
    print join(' ', sort grep { !/^\./ } readdir $entries), "\n";
}

# project: moves a file into another project, as whoever is to pay for it would like
sub project {
    open(my $file, '>', '/root/file') or die;
    my $attributes = pack('LLLLLx8', 0, 0, 0, 4711, 0);
    say_result('FS_IOC_FSSETXATTR', ioctl($file, 0x401c5820, $attributes));
    mkdir '/root/directory';
    open(my $directory, '<', '/root/directory') or die;
    my $flags = pack('Q', 0);
    say_result('FS_IOC_SETFLAGS', ioctl($directory, 0x40086602, $flags));
    call('file_setattr', 469, -100, "/root/file\0", pack('QLLLL', 0, 0, 0, 4711, 0), 24, 0);
}

# fuse: mounts a FUSE file system that nobody serves
sub fuse {
    sysopen(my $device, '/dev/fuse', 2) or return say_result('open /dev/fuse', 0);
    my $options = 'fd=' . fileno($device) . ",rootmode=40000,user_id=0,group_id=0\0";
    call('mount fuse', 165, "probe\0", "/tmp\0", "fuse\0", 0, $options);
}

# tun: makes a network device
sub tun {
    sysopen(my $device, '/dev/net/tun', 2) or return say_result('open /dev/net/tun', 0);
    my $request = pack('a16sx22', 'probe0', 0x1001);
    say_result('TUNSETIFF', ioctl($device, 0x400454ca, $request));
}

# limits: takes of each thing that is counted as much as it gets: numbers, and then the error of the first that is too much
sub limits {
    for my $device ('/dev/ptmx', '/dev/null') {
        my (@open, $file);
        while (sysopen($file, $device, 2)) {
            push @open, $file;
            undef $file;
        }
        my $error = $! + 0;
        # Files count with those that were open before.
        print "$device: ", ($device eq '/dev/ptmx' ? scalar @open : fileno($open[-1]) + 1), " $names{$error}\n";
    }
    my $memory = "\0" x (1 << 20);
    call('lock 12 pages', 149, $memory, 12 << 12);
    call('unlock 12 pages', 150, $memory, 12 << 12);
    call('lock 32 pages', 149, $memory, 32 << 12);
    # Signals that wait: the first real-time one (34), blocked, with what rt_sigqueueinfo(2) wants to be told.
    call('block', 14, 0, pack('Q', 1 << 33), 0, 8);
    my ($sent, $info) = (0, pack('lllx116', 34, 0, -1));
    $sent++ while $sent < 1000 and syscall(129, $$ + 0, 34, $info) == 0;
    my $error = $! + 0;
    print "signals: $sent $names{$error}\n";
}

# open NAME...: opens for reading and for writing
sub opens {
    for my $name (@_) {
        say_result("read $name", sysopen(my $in, $name, 0));
        say_result("write $name", sysopen(my $out, $name, 1));
    }
}

my $what = shift;
&$what(@ARGV);
