package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.seccomp.Rule;

class VeGuardsTest {
    private static List<String> refused(boolean shifted, Set<Capability> kept) {
        return VeGuards.refusals(shifted, kept, true).stream()
                .map(Rule::syscall)
                .toList();
    }

    @Test
    void aCallGoesWithItsCapabilityInAPrivilegedVeOnly() {
        Set<Capability> more = EnumSet.copyOf(VeGuards.defaults(false));
        more.addAll(Set.of(Capability.SYS_MODULE, Capability.SYS_TIME));
        assertThat(refused(false, more))
                .doesNotContain("init_module", "clock_settime")
                .contains("bpf", "iopl");
        assertThat(refused(true, more)).contains("init_module", "clock_settime");
        assertThat(refused(false, EnumSet.allOf(Capability.class)))
                .contains("kexec_load", "open_by_handle_at", "keyctl", "swapon", "userfaultfd");
    }

    @Test
    void whoMayMountMayHaveUserNamespaces() {
        Set<Capability> defaults = VeGuards.defaults(false);
        assertThat(refused(false, defaults)).contains("clone", "clone3", "unshare");
        Set<Capability> more = EnumSet.copyOf(defaults);
        more.add(Capability.SYS_ADMIN);
        assertThat(refused(false, more)).doesNotContain("clone", "clone3", "unshare");
        assertThat(refused(true, VeGuards.defaults(true))).doesNotContain("clone", "clone3", "unshare");
    }

    @Test
    void netfilterIsClosedOnRequestOnly() {
        for (boolean shifted : new boolean[] {true, false}) {
            Set<Capability> kept = VeGuards.defaults(shifted);
            assertThat(refused(shifted, kept)).doesNotContain("socket", "setsockopt", "io_uring_setup");
            assertThat(VeGuards.refusals(shifted, kept, false).stream().map(Rule::syscall))
                    .contains("socket", "socketcall", "setsockopt", "getsockopt", "io_uring_setup");
        }
    }

    @Test
    void theMaskIsTheInverse() {
        for (boolean shifted : new boolean[] {true, false}) {
            Set<Capability> kept = VeGuards.defaults(shifted);
            assertThat(Capability.ofMask(Capability.mask(kept))).isEqualTo(kept);
            assertThat(VeGuards.dropped(kept)).doesNotContainAnyElementsOf(kept).hasSize(41 - kept.size());
        }
        assertThat(VeGuards.unconfined(VeGuards.defaults(false))).isEmpty();
    }
}
