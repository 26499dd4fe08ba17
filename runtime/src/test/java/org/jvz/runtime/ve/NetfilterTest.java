package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.seccomp.FilterRun;
import org.jvz.runtime.linux.seccomp.SeccompFilter;
import org.jvz.testing.RootTest;

/** What root inside may do with the packet filter of its own network. */
@Tag("vm")
@Tag("long")
class NetfilterTest {
    /** Opens what filters, in turn, and what does not; prints a word for each. */
    private static final String SCRIPT =
            """
            sub said { my ($name, $done) = @_; print $name, "=", ($done ? "done" : 0 + $!), " "; }
            said("nfnetlink", socket(my $n, 16, 3, 12));
            said("nfnetlink64", syscall(41, 16, 3, 12 | (1 << 40)) >= 0);
            said("route", socket(my $r, 16, 3, 0));
            said("raw", socket(my $w, 2, 3, 255));
            said("raw6", socket(my $v, 10, 3, 255));
            said("replace", setsockopt($w, 0, 64, "x" x 4));
            said("info", defined getsockopt($w, 0, 64));
            said("replace6", setsockopt($v, 41, 64, "x" x 4));
            said("arp", setsockopt($w, 0, 96, "x" x 4));
            said("ebt", setsockopt($w, 0, 128, "x" x 4));
            said("ttl", setsockopt($w, 0, 2, pack("i", 9)));
            said("timestamp", setsockopt($w, 1, 64, pack("i", 1)));
            said("uring", syscall(425, 0, 0) >= 0);
            """;

    @TempDir
    Path prefix;

    private TinyHost tiny;

    @BeforeEach
    void makeHost() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        assumeTrue(
                Files.isExecutable(TinyHost.PERL) && "amd64".equals(System.getProperty("os.arch")),
                "no perl, or not x86-64");
        tiny = new TinyHost(prefix);
        tiny.addPerl();
        Files.writeString(tiny.template().resolve("root/filter.pl"), SCRIPT);
    }

    @AfterEach
    void endVe() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    /** The filters as they are, for 32-bit programs, too; what the library makes of some rules depends on the others. */
    @RootTest
    void theFiltersRefuseWhatTheyShould() throws IOException {
        tiny.create(tiny.host());
        int amd64 = 0xc000003e;
        int i386 = 0x40000003;
        for (boolean shifted : new boolean[] {true, false}) {
            for (boolean open : new boolean[] {true, false}) {
                byte[] filter = SeccompFilter.program(
                        VeGuards.refusals(shifted, VeGuards.defaults(shifted), open),
                        tiny.host().filterCache(),
                        tiny.host().linux());
                int refused = open ? 0 : 1;
                assertThat(FilterRun.answer(filter, amd64, 41, 16, 3, 12)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, amd64, 0x40000000 | 41, 16, 3, 12))
                        .isEqualTo(refused);
                assertThat(FilterRun.answer(filter, i386, 359, 16, 3, 12)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, i386, 102, 1)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, i386, 102, 14)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, i386, 366, 5, 0, 64)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, i386, 366, 5, 41, 64)).isEqualTo(refused);
                assertThat(FilterRun.answer(filter, amd64, 425)).isEqualTo(open ? 0 : 38);
                assertThat(FilterRun.answer(filter, i386, 425)).isEqualTo(open ? 0 : 38);
                assertThat(FilterRun.answer(filter, i386, 102, 3)).isZero();
                assertThat(FilterRun.answer(filter, amd64, 102, 1)).isZero();
                assertThat(FilterRun.answer(filter, amd64, 41, 16, 3, 0)).isZero();
                assertThat(FilterRun.answer(filter, amd64, 54, 5, 1, 64)).isZero();
                // Those that are always there.
                assertThat(FilterRun.answer(filter, amd64, 321)).isEqualTo(1);
                assertThat(FilterRun.answer(filter, i386, 357)).isEqualTo(1);
                assertThat(FilterRun.answer(filter, amd64, 16, 0, 0x5412)).isEqualTo(1);
                assertThat(FilterRun.answer(filter, amd64, 16, 0, 0x5413)).isZero();
                assertThat(FilterRun.answer(filter, amd64, 272, 0x10000000)).isEqualTo(shifted ? 0 : 1);
                assertThat(FilterRun.answer(filter, amd64, 272, 0x20000)).isZero();
            }
        }
    }

    private String tries(String... settings) throws IOException {
        tiny.create(tiny.host(), conf -> {
            var made = conf;
            for (int i = 0; i < settings.length; i += 2) {
                made = made.withText(settings[i], settings[i + 1]);
            }
            return made;
        });
        tiny.start(tiny.host());
        return tiny.sh("/usr/bin/perl /root/filter.pl");
    }

    private static final String CLOSED =
            "nfnetlink=1 nfnetlink64=1 route=done raw=done raw6=done replace=1 info=1 replace6=1 arp=1 ebt=1 "
                    + "ttl=done timestamp=done uring=38 ";

    @RootTest
    void disabledLeavesNoWayToIt() throws IOException {
        assertThat(tries("NETFILTER", "disabled")).isEqualTo(CLOSED);
        // As it was started, whatever is configured for the next start.
        tiny.set(tiny.host(), true, "netfilter", "full");
        assertThat(tiny.sh("/usr/bin/perl /root/filter.pl")).isEqualTo(CLOSED);
    }

    @RootTest
    void disabledHoldsForAPrivilegedVe() throws IOException {
        assertThat(tries("NETFILTER", "disabled", "LOCAL_UID", "0", "LOCAL_GID", "0"))
                .isEqualTo(CLOSED);
    }

    @RootTest
    void otherwiseItIsOpen() throws IOException {
        assertThat(tries("NETFILTER", "stateless"))
                .contains("nfnetlink=done ", "raw=done ", "ttl=done ")
                // Refused or not there: but not by the filter, for what was given is none of its structures.
                .doesNotContain("replace=1 ", "uring=38 ");
    }
}
