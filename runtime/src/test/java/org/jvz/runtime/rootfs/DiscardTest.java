package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.undo.UndoStep;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

/** What makes and undoes changes of single files and directories on the host. */
@PrivateHost
final class DiscardTest {
    private final Linux linux = new JffiLinux();
    private final RootfsUndo undo = new RootfsUndo(linux);

    private Path vz = Path.of("/");
    private Path area = Path.of("/");

    @BeforeEach
    void prepare() throws IOException {
        vz = Files.createDirectories(Path.of(System.getenv("JVZ_PREFIX")).resolve("vz"));
        area = Trees.template(vz.resolve("private/101"));
    }

    @RootTest
    void movesTheAreaOutOfSight() throws Exception {
        Map<String, String> before = Trees.snapshot(area);
        Path aside = Discard.renameAside(linux, area, vz);
        assertThat(area).doesNotExist();
        assertThat(aside.getParent()).isEqualTo(vz.resolve("vztmp"));
        assertThat(aside.getFileName().toString()).matches("vzctl-rm-me\\.[A-Za-z0-9]{6}");
        assertThat(Files.getAttribute(vz.resolve("vztmp"), "unix:mode")).isEqualTo(040700);
        assertThat(Trees.snapshot(aside)).isEqualTo(before);
        assertThat(Discard.directoryFor(linux, area, vz)).isEqualTo(vz.resolve("vztmp"));
        undo.undo(RootfsUndo.renameBack(aside, area));
        assertThat(Trees.snapshot(area)).isEqualTo(before);
        undo.undo(RootfsUndo.renameBack(aside, area));
    }

    @RootTest
    void staysOnTheFileSystemOfTheArea() throws Exception {
        Path disk = Files.createDirectories(vz.resolve("private/disk"));
        linux.mount("disk", disk, "tmpfs", Set.of(), null);
        Path there = Trees.template(disk.resolve("102"));
        assertThat(Discard.renameAside(linux, there, vz).getParent()).isEqualTo(disk.resolve("vztmp"));
    }

    @RootTest
    void staysInTheMountOfTheArea() throws Exception {
        // The same file system twice: rename(2) refuses to cross.
        Path bound = Files.createDirectories(vz.resolve("private/bound"));
        linux.mount(vz.toString(), bound, null, Set.of(MountFlag.BIND), null);
        Path there = bound.resolve("private/101");
        assertThat(Discard.renameAside(linux, there, vz).getParent()).isEqualTo(bound.resolve("vztmp"));
    }

    @RootTest
    void looksThroughALinkAboveTheArea() throws Exception {
        Path link = Files.createSymbolicLink(vz.resolveSibling("link"), vz);
        Path aside = Discard.renameAside(linux, link.resolve("private/101"), link);
        assertThat(aside.getParent()).isEqualTo(vz.toRealPath().resolve("vztmp"));
    }

    @RootTest
    void movesALinkAndNotItsTarget() throws Exception {
        Path link = Files.createSymbolicLink(vz.resolve("private/103"), area);
        Path aside = Discard.renameAside(linux, link, vz);
        assertThat(Files.isSymbolicLink(aside)).isTrue();
        assertThat(area).isNotEmptyDirectory();
    }

    @RootTest
    void refusesAVztmpThatIsNotItsOwn() throws Exception {
        Files.createSymbolicLink(vz.resolve("vztmp"), Path.of("/tmp"));
        assertThatThrownBy(() -> Discard.renameAside(linux, area, vz))
                .hasMessage(vz.resolve("vztmp") + " is not a directory of root");
        assertThat(area).isNotEmptyDirectory();
    }

    @RootTest
    void tellsFreeSpaceOfWhatWillBeMade() throws Exception {
        linux.mount("small", vz.resolve("private"), "tmpfs", Set.of(), "size=64k,nr_inodes=10");
        DiskSpace space = DiskSpace.at(linux, vz.resolve("private/not/yet/there"));
        assertThat(space).isEqualTo(new DiskSpace(65_536, 9));
        assertThat(space.holds(65_536, 9)).isTrue();
        assertThat(space.holds(65_537, 1)).isFalse();
        assertThat(space.holds(1, 10)).isFalse();
    }

    @RootTest
    void undoingWhatWasNeverDoneIsFine() throws Exception {
        Path absent = vz.resolve("absent/below");
        for (UndoStep step : new UndoStep[] {
            RootfsUndo.umount(absent),
            RootfsUndo.detach(absent),
            RootfsUndo.rmdir(absent),
            RootfsUndo.rmtree(absent),
            RootfsUndo.unlink(absent),
            RootfsUndo.renameBack(absent, vz.resolve("x")),
            RootfsUndo.umount(area),
            RootfsUndo.detach(area)
        }) {
            assertThat(RootfsUndo.knows(step.kind())).isTrue();
            undo.undo(step);
        }
        assertThat(area).isNotEmptyDirectory();
    }

    @RootTest
    void undoingNeverTakesWhatIsNotOurs() throws Exception {
        // Filled by somebody meanwhile.
        undo.undo(RootfsUndo.rmdir(area));
        assertThat(area).isNotEmptyDirectory();
        // In the place to rename back to.
        Path other = Files.createFile(vz.resolve("other"));
        assertThatThrownBy(() -> undo.undo(RootfsUndo.renameBack(other, area))).hasMessageContaining("EEXIST");
        assertThatThrownBy(() -> undo.undo(UndoStep.of("rmtree", "relative"))).hasMessageStartingWith("Refusing");
        assertThatThrownBy(() -> undo.undo(UndoStep.of("rmtree", "/"))).hasMessageStartingWith("Refusing");
        assertThatThrownBy(() -> undo.undo(UndoStep.of("unknown", "/x"))).hasMessageStartingWith("Unknown kind");
        assertThat(RootfsUndo.knows("unknown")).isFalse();
    }

    @RootTest
    void undoesEachKind() throws Exception {
        linux.mount("one", area.resolve("etc"), "tmpfs", Set.of(), null);
        linux.mount("two", area.resolve("etc"), "tmpfs", Set.of(), null);
        undo.undo(RootfsUndo.umount(area.resolve("etc")));
        assertThat(area.resolve("etc/hostname")).exists();
        linux.mount("three", area.resolve("etc"), "tmpfs", Set.of(), null);
        undo.undo(RootfsUndo.detach(area.resolve("etc")));
        assertThat(area.resolve("etc/hostname")).exists();
        undo.undo(RootfsUndo.unlink(area.resolve("etc/hostname")));
        assertThat(area.resolve("etc/hostname")).doesNotExist();
        undo.undo(RootfsUndo.rmdir(area.resolve("etc")));
        assertThat(area.resolve("etc")).doesNotExist();
        undo.undo(RootfsUndo.rmtree(area));
        assertThat(area).doesNotExist();
    }
}
