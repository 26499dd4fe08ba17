package org.jvz.runtime.linux.spawn;

import java.util.Arrays;
import java.util.Set;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Flag;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SystemCall;

/** Records on the process itself: namespaces, identity, rights, limits. */
abstract class ProcessRecords extends FileRecords {
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_INSTRUCTION_SIZE = 8;
    private static final int SECCOMP_INSTRUCTIONS_MAX = 4096;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final long TIOCSCTTY = 0x540e;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int IFF_UP = 1;
    private static final int IFREQ_SIZE = 40;
    private static final int IFR_FLAGS = 16;

    ProcessRecords(Faults faults) {
        super(faults);
    }

    /** unshare(2). */
    public Call unshare(String name, Set<CloneFlag> what) {
        return add(name, Flag.text(what), SystemCall.UNSHARE, Flag.mask(what));
    }

    /** setns(2): {@code fd} is a namespace file, or a pidfd with all the kinds to enter. {@code object} is whose namespaces, for messages. */
    public Call setNamespace(String name, FdSource fd, String object, Set<CloneFlag> kinds) {
        return add(name, object, SystemCall.SETNS, 0, Flag.mask(kinds)).fd(0, fd);
    }

    /** Becomes leader of a session of its own, without a terminal; setsid(2). */
    public Call newSession() {
        return add("new session", null, SystemCall.SETSID);
    }

    /** Makes the terminal {@code fd} the session's controlling one (TIOCSCTTY); after {@link #newSession}. */
    public Call controllingTerminal(FdSource fd) {
        return ioctl("take terminal", fd, "", TIOCSCTTY, 0);
    }

    /** Sets all group and user ids, real, effective and saved, and the list of groups. With another uid than 0, rights are gone. */
    public void becomeUser(String name, long uid, long gid, long... groups) {
        int[] ids = new int[groups.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) groups[i];
        }
        add(name + " (gid)", gid, SystemCall.SETRESGID, gid, gid, gid);
        add(
                name + " (groups)",
                Arrays.toString(groups),
                SystemCall.SETGROUPS,
                ids.length,
                memory.bytes(Structs.ints(ids)));
        add(name + " (uid)", uid, SystemCall.SETRESUID, uid, uid, uid);
    }

    public Call umask(String name, int mask) {
        return add(name, null, SystemCall.UMASK, mask);
    }

    public Call hostname(String hostname) {
        byte[] bytes = hostname.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return add("set hostname", hostname, SystemCall.SETHOSTNAME, memory.bytes(bytes), bytes.length);
    }

    /** prlimit64(2) of the child itself; {@link ResourceLimit#INFINITY} for none. */
    public Call limit(ResourceLimit resource, long soft, long hard) {
        long limits = memory.bytes(Structs.longs(soft, hard));
        return add("limit " + resource, soft + ":" + hard, SystemCall.PRLIMIT64, 0, resource.number(), limits, 0);
    }

    /** Takes a capability out of the bounding set, for good: neither this program nor any it executes gets it. */
    public Call dropBounding(Capability capability) {
        return add("drop capability " + capability, null, SystemCall.PRCTL, PR_CAPBSET_DROP, capability.number());
    }

    /** Empties the ambient set. */
    public Call clearAmbient() {
        return add("clear ambient capabilities", null, SystemCall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
    }

    /** capset(2) of the child itself. */
    public Call capabilities(Set<Capability> effective, Set<Capability> permitted, Set<Capability> inheritable) {
        long e = Capability.mask(effective);
        long p = Capability.mask(permitted);
        long i = Capability.mask(inheritable);
        long header = memory.bytes(Structs.ints(CAPABILITY_VERSION_3, 0));
        long data = memory.bytes(
                Structs.ints((int) e, (int) p, (int) i, (int) (e >>> 32), (int) (p >>> 32), (int) (i >>> 32)));
        return add("set capabilities", null, SystemCall.CAPSET, header, data);
    }

    /** No execve gives new rights from here on: set-id bits and file capabilities are ignored. Not for a VE's init. */
    public Call noNewPrivileges() {
        return add("no new privileges", null, SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1);
    }

    /**
     * Loads a system-call filter; needs CAP_SYS_ADMIN in the user namespace or {@link #noNewPrivileges}. It applies to all records that
     * follow.
     *
     * @param program an array of {@code struct sock_filter}, 8 bytes each
     */
    public Call seccomp(byte[] program) {
        int instructions = program.length / SECCOMP_INSTRUCTION_SIZE;
        if (program.length % SECCOMP_INSTRUCTION_SIZE != 0
                || instructions == 0
                || instructions > SECCOMP_INSTRUCTIONS_MAX) {
            throw new IllegalArgumentException("no filter program: " + program.length + " bytes");
        }
        long sockFprog = memory.bytes(Structs.longs(instructions, memory.bytes(program)));
        return add("load seccomp filter", null, SystemCall.SECCOMP, SECCOMP_SET_MODE_FILTER, 0, sockFprog);
    }

    /** Gives up the caller's session keyring for an empty one; keyrings(7). */
    public Call newSessionKeyring() {
        return add("new session keyring", null, SystemCall.KEYCTL, KEYCTL_JOIN_SESSION_KEYRING, 0);
    }

    /** Sets {@code lo} up in the child's network namespace; the kernel then gives it 127.0.0.1 and ::1. */
    public void loopbackUp() {
        byte[] ifreq = new byte[IFREQ_SIZE];
        ifreq[0] = 'l';
        ifreq[1] = 'o';
        ifreq[IFR_FLAGS] = IFF_UP;
        FdSource socket = add("open socket", null, SystemCall.SOCKET, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
                .opening()
                .result();
        ioctl("set loopback up", socket, "lo", SIOCSIFFLAGS, ifreq);
        closeFd("close socket", socket);
    }
}
