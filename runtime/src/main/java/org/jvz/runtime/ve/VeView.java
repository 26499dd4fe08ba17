package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Hierarchy;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.cgroup.VeSize;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.MemInfo;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.view.Lxcfs;
import org.jvz.runtime.view.LxcfsDaemon;
import org.jvz.runtime.view.PlainView;
import org.jvz.runtime.view.ViewFile;
import org.jvz.runtime.view.ViewText;
import org.jvz.runtime.view.ViewTrees;

/**
 * What one VE is shown of its machine: lxcfs's files where they tell of the VE, plain ones where they would tell of the host
 * or where there is no lxcfs, the kernel's own where neither says it better.
 */
final class VeView implements AutoCloseable {
    /** The key that messages name. */
    static final String KEY = "LXCFS";

    /** How long lxcfs may take to answer, milliseconds; it takes less than one. */
    private static final long ANSWER_MILLIS = 5000;

    /** OpenVZ's pages, whatever the host's are. */
    private static final long PAGE = 4096;

    /** As a size to show: the host's. */
    static final long HOSTS = -1;

    /** Of diskstats lxcfs has the host's only. */
    private static final Set<ViewFile> OF_LXCFS = EnumSet.complementOf(EnumSet.of(ViewFile.DISKSTATS));

    private final VeHost host;
    private final @Nullable Lxcfs lxcfs;
    private Lxcfs.@Nullable Opening opening;
    private final ViewTrees trees;
    private boolean averages;
    private String instance = "";
    private String lack = "";

    private VeView(VeHost host, @Nullable Lxcfs lxcfs) {
        this.host = host;
        this.lxcfs = lxcfs;
        this.opening = lxcfs == null ? null : lxcfs.open(OF_LXCFS);
        this.trees = new ViewTrees(host.linux());
    }

    /** Begins to ask lxcfs, where the administrator wants it. */
    static VeView begin(VeHost host) throws IOException {
        Path dir = host.lxcfs();
        return new VeView(host, dir == null ? null : new Lxcfs(host.linux(), dir));
    }

    /**
     * Has the files ready, starting lxcfs if need be.
     *
     * @param cgroup the VE's, with its limits set
     * @param stage a place for a mount of a moment, used by nobody else meanwhile
     */
    void finish(VeConf conf, VeCgroup cgroup, Path stage) throws IOException {
        connect();
        trees.takeAll(new PlainView(host.linux()).make(plain(conf, cgroup), stage));
        if (shownMemory(conf) == HOSTS) {
            trees.drop(ViewFile.MEMINFO);
        }
    }

    /**
     * Has lxcfs's answer, starting it if need be.
     *
     * @return which lxcfs it is; empty for none
     */
    String connect() throws IOException {
        Lxcfs.@Nullable Answer answer = answer();
        if (answer != null) {
            averages = answer.averages();
            instance = answer.instance();
            trees.takeAll(answer.trees());
        }
        return instance;
    }

    private Lxcfs.@Nullable Answer answer() throws IOException {
        Lxcfs.Opening asked = opening;
        opening = null;
        if (lxcfs == null || asked == null) {
            return null;
        }
        Lxcfs.Answer answer = asked.await(ANSWER_MILLIS);
        String why = answer.why();
        if (answer.mayBeStarted()
                && !host.paths().isPrefixed()
                && lxcfs.dir().equals(host.paths().lxcfs())) {
            LxcfsDaemon daemon = new LxcfsDaemon(host.linux(), lxcfs.dir());
            if (daemon.canStart()) {
                List<Path> cgroups = topCgroups();
                try {
                    daemon.start(cgroups);
                    answer = lxcfs.open(OF_LXCFS).await(ANSWER_MILLIS);
                    why = answer.why();
                } catch (IOException e) {
                    why = "does not start: " + e.getMessage();
                }
            } else {
                why += " (apt-get install lxcfs)";
            }
        }
        if (!answer.runs()) {
            lack = "lxcfs " + why
                    + ", so programs in the container see its size but no use of it, and the host's uptime";
        } else if (!answer.averages()) {
            lack = "lxcfs runs without --enable-loadavg, so programs in the container see no load averages";
        }
        return answer;
    }

    /** The daemon must not count for whoever was the first to need it. */
    private List<Path> topCgroups() throws IOException {
        List<Path> tops = new ArrayList<>();
        for (Hierarchy hierarchy : host.cgroups().hierarchies()) {
            tops.add(hierarchy.mount());
        }
        return tops;
    }

    /** The files that lxcfs does not have, or not of the VE. */
    private Map<ViewFile, String> plain(VeConf conf, VeCgroup cgroup) throws IOException {
        Map<ViewFile, String> texts = new EnumMap<>(ViewFile.class);
        VeSize size = VeSize.of(conf);
        long shown = shownMemory(conf);
        boolean isLimit = trees.has(ViewFile.MEMINFO) && shown == size.ram();
        if (shown != HOSTS && !isLimit && (shown != VeSize.NONE || size.swap() != VeSize.NONE)) {
            texts.put(ViewFile.MEMINFO, ViewText.meminfo(hosts(ViewFile.MEMINFO), shown, size.swap()));
        }
        if (!trees.has(ViewFile.SWAPS) && size.swap() != VeSize.NONE) {
            texts.put(ViewFile.SWAPS, ViewText.swaps(hosts(ViewFile.MEMINFO), size.swap()));
        }
        @Nullable BitSet cpus = cgroup.cpus();
        if (cpus != null && !trees.has(ViewFile.CPUINFO)) {
            texts.put(ViewFile.CPUINFO, ViewText.cpuinfo(hosts(ViewFile.CPUINFO), cpus));
        }
        if (cpus != null && !trees.has(ViewFile.CPUS_ONLINE)) {
            texts.put(ViewFile.CPUS_ONLINE, ViewText.online(cpus));
        }
        // Where no cgroup counts the VE's use of each CPU, lxcfs shows everybody's.
        if (cpus != null && !(trees.has(ViewFile.STAT) && cgroup.countsEachCpu())) {
            texts.put(ViewFile.STAT, ViewText.stat(hosts(ViewFile.STAT), cpus));
        }
        if (!averages) {
            texts.put(ViewFile.LOADAVG, ViewText.loadavg());
        }
        texts.put(ViewFile.DISKSTATS, ViewText.diskstats());
        return texts;
    }

    /**
     * The size to show as that of the memory, bytes: what MEMINFO says, else the VE's limit.
     *
     * @return {@link VeSize#NONE} for a VE without a limit, {@link #HOSTS} for the host's
     */
    static long shownMemory(VeConf conf) throws BadConfException {
        long limit = VeSize.of(conf).ram();
        Optional<MemInfo> set = conf.get(ConfKey.MEMINFO);
        if (set.isEmpty()) {
            return limit;
        }
        MemInfo meminfo = set.get();
        return switch (meminfo.mode()) {
            case NONE -> HOSTS;
            case PAGES -> bytes(meminfo.value(), 1);
            case PRIVVMPAGES -> {
                Optional<BarrierLimit> pages = conf.get(ConfKey.PRIVVMPAGES);
                long barrier =
                        pages.isEmpty() ? BarrierLimit.UNLIMITED : pages.get().barrier();
                yield barrier == BarrierLimit.UNLIMITED ? limit : bytes(barrier, meminfo.value());
            }
        };
    }

    private static long bytes(long pages, long times) {
        return pages > VeSize.NONE / PAGE / times ? VeSize.NONE : pages * times * PAGE;
    }

    private static String hosts(ViewFile file) throws IOException {
        return Files.readString(Path.of(file.path()), StandardCharsets.ISO_8859_1);
    }

    /** The files to show, once {@link #finish} has returned. */
    ViewTrees trees() {
        return trees;
    }

    /** Which lxcfs they are of, {@code 0:45}; empty for none. */
    String instance() {
        return instance;
    }

    /** What the host does not have for it, for people; empty for nothing. */
    String lack() {
        return lack;
    }

    @Override
    public void close() {
        trees.close();
        Lxcfs.Opening asked = opening;
        if (asked != null) {
            opening = null;
            asked.abandon();
        }
    }
}
