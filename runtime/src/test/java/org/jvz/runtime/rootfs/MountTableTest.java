package org.jvz.runtime.rootfs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
    private static final String ROOT = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n";

    private static MountTable table(String more) {
        return MountTable.parse(ROOT + more);
    }

    @Test
    void readsEveryField() {
        MountTable table =
                table("99 27 0:45 /sub /vz/root/101 rw,nodev shared:3 master:1 - overlay none rw,lowerdir=/l\n");
        assertThat(table.entries().get(1))
                .isEqualTo(new MountEntry(
                        99, 27, "0:45", "/sub", "/vz/root/101", "rw,nodev", "overlay", "none", "rw,lowerdir=/l"));
    }

    @Test
    void undoesOctalEscapes() {
        MountTable table = table("98 27 0:46 / /vz/a\\040b\\011c\\012d\\134e\\043f rw - tmpfs t\\040t rw\n");
        assertThat(table.topAt("/vz/a b\tc\nd\\e#f"))
                .extracting(MountEntry::source)
                .isEqualTo("t t");
    }

    @Test
    void keepsWhatOnlyLooksLikeAnEscape() {
        assertThat(MountTable.unescape("a\\9\\12")).isEqualTo("a\\9\\12");
        assertThat(MountTable.unescape("\\134040")).isEqualTo("\\040");
    }

    @Test
    void acceptsAnEmptySource() {
        assertThat(table("99 27 0:45 / /m rw - tmpfs  rw,size=4k\n").topAt("/m"))
                .extracting(MountEntry::source, MountEntry::superOptions)
                .containsExactly("", "rw,size=4k");
    }

    @Test
    void passesOverLinesThatMakeNoSense() {
        assertThat(table("\nnonsense\n1 2 3 - \nx y 0:1 / /m rw - tmpfs t rw\n").entries())
                .hasSize(1);
    }

    @Test
    void seesTheTopOfStackedMounts() {
        MountTable table = table("50 27 0:50 / /m rw - tmpfs one rw\n51 50 0:51 / /m rw - tmpfs two rw\n");
        assertThat(table.topAt("/m")).extracting(MountEntry::source).isEqualTo("two");
    }

    @Test
    void seesThatAParentIsCovered() {
        MountTable table = table("50 27 0:50 / /vz/root/101 rw - overlay o rw\n51 27 0:51 / /vz rw - tmpfs t rw\n");
        assertThat(table.topAt("/vz/root/101")).isNull();
        assertThat(table.serving("/vz/root/101")).extracting(MountEntry::source).isEqualTo("t");
    }

    @Test
    void aMountOnAStackedParentIsFound() {
        MountTable table = table("50 27 0:50 / /vz rw - tmpfs t rw\n51 50 0:51 / /vz/root/101 rw - overlay o rw\n");
        assertThat(table.topAt("/vz/root/101")).extracting(MountEntry::source).isEqualTo("o");
    }

    @Test
    void aLongerNameIsAnotherDirectory() {
        MountTable table = table("50 27 0:50 / /vz/root/1011 rw - overlay o rw\n");
        assertThat(table.topAt("/vz/root/101")).isNull();
        assertThat(table.serving("/vz/root/101"))
                .extracting(MountEntry::mountPoint)
                .isEqualTo("/");
    }

    @Test
    void aDeletedSourceIsKnownAsSuch() {
        assertThat(table("50 27 0:50 /gone//deleted /m rw - ext4 d rw\n").topAt("/m"))
                .extracting(MountEntry::deleted)
                .isEqualTo(true);
    }

    @Test
    void listsWhatLiesBelowInTheOrderToUnmount() {
        MountTable table = table(
                """
                50 27 0:50 / /v rw - overlay o rw
                51 50 0:51 / /v/a rw - tmpfs a rw
                52 51 0:52 / /v/a/b rw - tmpfs b rw
                53 52 0:53 / /v/a/b rw - tmpfs c rw
                54 50 0:54 / /v/z rw - tmpfs z rw
                55 27 0:55 / /va rw - tmpfs other rw
                """);
        assertThat(table.below(requireNonNull(table.topAt("/v"))))
                .extracting(MountEntry::source)
                .containsExactly("z", "c", "b", "a");
    }

    @Test
    void followsLinksAndKnowsAbsentPaths(@TempDir Path dir) throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("proc"), Path.of("/proc"));
        assertThat(MountTable.isMounted(link)).isTrue();
        assertThat(MountTable.isMounted(dir)).isFalse();
        assertThat(MountTable.isMounted(dir.resolve("absent"))).isFalse();
    }
}
