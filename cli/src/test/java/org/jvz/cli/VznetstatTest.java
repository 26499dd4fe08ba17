package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.net.Traffic;
import org.jvz.runtime.net.Traffic.Count;

/** Section 9 of vzctl's contract, vznetstat. */
class VznetstatTest {
    private static final String HEADER =
            "CTID       Net.Class       Input(bytes)    Input(pkts)      Output(bytes)   Output(pkts)\n";

    @TempDir
    Path root;

    private boolean isRoot = true;
    private boolean byClass = true;
    private final SortedMap<CtId, List<Traffic>> traffic = new TreeMap<>();

    @BeforeEach
    void count() throws IOException {
        traffic.put(
                new CtId(101),
                List.of(
                        new Traffic(1, false, new Count(10, 1000), new Count(20, 2000)),
                        new Traffic(1, true, new Count(1, 100), new Count(2, 200)),
                        new Traffic(2, false, Count.NONE, new Count(1, 9_000_000_000_000L))));
        traffic.put(new CtId(2_147_483_644), List.of(new Traffic(1, false, Count.NONE, Count.NONE)));
        Harness host = new Harness(root);
        host.conf(101, "NAME=\"web\"\n");
        host.name("web", 101);
    }

    private Result run(String... args) {
        Vznetstat.Surroundings around = new Vznetstat.Surroundings() {
            @Override
            public boolean isRoot() {
                return isRoot;
            }

            @Override
            public boolean byClass(HostPaths paths) {
                return byClass;
            }

            @Override
            public SortedMap<CtId, List<Traffic>> read(HostPaths paths) {
                return traffic;
            }
        };
        Map<String, String> env = Map.of(HostPaths.PREFIX_VARIABLE, root.toString());
        return Harness.capture((out, err) -> Vznetstat.run(args, env, out, err, around));
    }

    private static String row(Object... values) {
        return String.format("%-10s %9s %18s %14s %18s %14s%n", values);
    }

    @Test
    void showsVesAndClasses() {
        String ve101 = row(101, 1, 1100, 11, 2200, 22) + row(101, 2, 0, 0, 9_000_000_000_000L, 1);
        assertThat(run()).isEqualTo(new Result(0, HEADER + ve101 + row(2_147_483_644, 1, 0, 0, 0, 0), ""));
        assertThat(run("-v", "101").out()).isEqualTo(HEADER + ve101);
        assertThat(run("-v", "web").out()).isEqualTo(HEADER + ve101);
        assertThat(run("-v", "102").out()).isEqualTo(HEADER);
        assertThat(run("-c", "2").out()).isEqualTo(HEADER + row(101, 2, 0, 0, 9_000_000_000_000L, 1));
        assertThat(run("-6", "-v", "101").out()).isEqualTo(HEADER + row(101, 1, 100, 1, 200, 2));
        assertThat(run("-4", "-v", "101", "-c", "1").out()).isEqualTo(HEADER + row(101, 1, 1000, 10, 2000, 20));
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("-h")).isEqualTo(new Result(0, Vznetstat.USAGE + "\n", ""));
        assertThat(run("-x").err()).contains("vznetstat: unknown argument: -x", "Usage: vznetstat");
        assertThat(run("-v").err()).contains("vznetstat: -v needs a value");
        assertThat(run("-c", "16").err()).contains("not a class from 0 to 15: 16");
        assertThat(run("-v", "nobody")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("no container of that name: nobody");
        });
        byClass = false;
        assertThat(run("-6").err()).contains("there is no " + root + "/etc/vz/conf/networks_classes");
        isRoot = false;
        assertThat(run().status()).isEqualTo(1);
        assertThat(run().out()).isEmpty();
    }
}
