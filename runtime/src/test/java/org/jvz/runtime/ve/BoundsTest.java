package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;

class BoundsTest {
    /** A configuration, a beancounter, what is set, what is in force. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            NUMPROC=240:260                                   | NUMPROC      | 240:260    | 240:260
            NUMPROC=240                                       | NUMPROC      | 240:240    | 240:240
            NUMPROC=8K                                        | NUMPROC      | null       | unlimited:unlimited
            ''                                                | NUMPROC      | null       | unlimited:unlimited
            PHYSPAGES=0:1G                                    | PHYSPAGES    | 0:262144   | 0:262144
            KMEMSIZE=1K:2K                                    | KMEMSIZE     | 1024:2048  | 1024:2048
            DCACHE=1K:2K                                      | DCACHESIZE   | 1024:2048  | 1024:2048
            IPTENTRIES=20:30                                  | NUMIPTENT    | 20:30      | 20:30
            PHYSPAGES=0:100; SWAPPAGES=0:50                   | LOCKEDPAGES  | null       | 100:100
            PHYSPAGES=0:100; SWAPPAGES=0:50                   | OOMGUARPAGES | null       | 100:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50                   | VMGUARPAGES  | null       | 150:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:unlimited            | VMGUARPAGES  | null       | unlimited:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50                   | PRIVVMPAGES  | null       | unlimited:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50; VM_OVERCOMMIT=2.5 | PRIVVMPAGES | null       | 375:375
            PHYSPAGES=0:100; SWAPPAGES=0:50; VM_OVERCOMMIT=x  | PRIVVMPAGES  | null       | unlimited:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50; VM_OVERCOMMIT=-1 | PRIVVMPAGES  | null       | unlimited:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50; LOCKEDPAGES=3:4  | LOCKEDPAGES  | 3:4        | 3:4
            PHYSPAGES=0:100                                   | LOCKEDPAGES  | null       | unlimited:unlimited
            PHYSPAGES=0:100; SWAPPAGES=0:50                   | KMEMSIZE     | null       | unlimited:unlimited
            """)
    void followsTheConfiguration(String text, Beancounter counter, String configured, String inForce)
            throws BadConfException {
        VeConf conf = conf(text.replace("; ", "\n") + "\n");
        BarrierLimit set = Bounds.configured(conf, counter);
        assertThat(String.valueOf(set)).isEqualTo(configured);
        assertThat(Bounds.inForce(conf, counter).toString()).isEqualTo(inForce);
    }

    private static VeConf conf(String text) throws BadConfException {
        HostPaths paths = HostPaths.under(Path.of("/nowhere"));
        CtId id = new CtId(101);
        return VeConf.of(
                VzConf.of(paths, ConfFile.empty(paths.vzConf())),
                id,
                ConfFile.parse(paths.conf(id), text.getBytes(StandardCharsets.UTF_8)));
    }
}
