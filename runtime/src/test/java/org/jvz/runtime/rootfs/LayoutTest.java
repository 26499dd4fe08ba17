package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
final class LayoutTest {
    private static final IdShift SHIFT = new IdShift(6_553_600, 6_619_136);

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Path journal = Path.of("/");
    private VeTree tree = new VeTree(Path.of("/a"), Path.of("/b"), Path.of("/c"), Path.of("/d"), IdShift.NONE);

    @BeforeEach
    void prepare() throws IOException {
        place(dir, SHIFT);
    }

    private void place(Path top, IdShift shift) throws IOException {
        for (String name : new String[] {"store", "private", "root", "run"}) {
            Files.createDirectories(top.resolve(name));
            Files.setAttribute(top.resolve(name), "unix:mode", 0700);
        }
        journal = top.resolve("run/101.undo");
        tree = new VeTree(
                Trees.template(top.resolve("store/rootfs")),
                top.resolve("private/101"),
                top.resolve("root/101"),
                top.resolve("run/stage/101"),
                shift);
    }

    private Layout layout(String word, Linux port) {
        UserNamespaces users = new IdmapUserns(linux);
        return word.equals("overlay") ? new OverlayLayout(port, users) : new SimfsLayout(port, users);
    }

    private Transaction begin(StepObserver observer) {
        return Transaction.begin(journal, new RootfsUndo(linux), observer);
    }

    private void create(String word) throws IOException {
        try (Transaction transaction = begin(StepObserver.NONE)) {
            layout(word, linux).create(transaction, tree, CopyListener.NONE);
            transaction.commit();
        }
    }

    private void mount(String word) throws IOException {
        try (Transaction transaction = begin(StepObserver.NONE)) {
            layout(word, linux).mount(transaction, tree);
            transaction.commit();
        }
    }

    private static String ids(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(path, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return stat.get("uid") + ":" + stat.get("gid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void showsTheTemplateWithShiftedIds(String word) throws Exception {
        create(word);
        mount(word);

        Path root = tree.root();
        assertThat(root.resolve("etc/hostname")).hasContent("template");
        assertThat(ids(root)).isEqualTo("6553600:6619136");
        assertThat(ids(root.resolve("var/data/deep/file"))).isEqualTo("6553633:6619170");
        assertThat(Files.getAttribute(root, "unix:mode")).isEqualTo(040751);
        assertThat(Files.getLastModifiedTime(root).toMillis()).isEqualTo(1_000_000_000_000L);
        assertThat(RootMount.isMounted(root)).isTrue();
        assertThat(tree.stage()).doesNotExist();
        assertThat(Trees.mounts().lines().filter(line -> line.contains(dir.toString())))
                .singleElement()
                .asString()
                .contains("nodev")
                .contains(" " + root + " ");
        assertThat(RootMount.unmountIfMounted(linux, root)).isTrue();
        assertThat(RootMount.unmountIfMounted(linux, root)).isFalse();
        assertThat(Trees.mounts()).doesNotContain(dir.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void neverWritesToTheTemplate(String word) throws Exception {
        create(word);
        mount(word);
        Map<String, String> before = Trees.snapshot(tree.template());

        Path root = tree.root();
        Files.writeString(root.resolve("etc/hostname"), "changed\n");
        Files.writeString(root.resolve("var/data/link"), "through the link\n");
        Files.delete(root.resolve("sbin/init"));
        Files.setAttribute(root.resolve("var"), "unix:mode", 0700);
        // EXDEV without redirect_dir: a directory of the lower layer.
        Files.move(root.resolve("var/data"), root.resolve("var/moved"));
        RootMount.unmountIfMounted(linux, root);

        assertThat(Trees.snapshot(tree.template())).isEqualTo(before);
        mount(word);
        assertThat(root.resolve("etc/hostname")).hasContent("changed");
        assertThat(root.resolve("var/moved/link")).hasContent("through the link");
        assertThat(root.resolve("sbin/init")).doesNotExist();
        RootMount.unmountIfMounted(linux, root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void keepsUnshiftedIdsOnDisk(String word) throws Exception {
        create(word);
        mount(word);
        Path byVe = Files.createFile(tree.root().resolve("of-ve-user"));
        Files.setAttribute(byVe, "unix:uid", 6_553_600 + 1000);
        Files.setAttribute(byVe, "unix:gid", 6_619_136 + 65_535);
        Path byHost = Files.createFile(tree.root().resolve("of-host-root"));
        assertThat(ids(byHost)).isEqualTo("0:0");
        RootMount.unmountIfMounted(linux, tree.root());

        Path disk = word.equals("overlay") ? tree.area().resolve("upper") : tree.area();
        assertThat(ids(disk.resolve("of-ve-user"))).isEqualTo("1000:65535");
        // Outside of the VE's ids: nobody, inside.
        assertThat(ids(disk.resolve("of-host-root"))).isEqualTo("65536:65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void whatIsWrittenThroughTheRootBelongsToTheVe(String word) throws Exception {
        create(word);
        mount(word);
        try (InsideRoot inside = InsideRoot.open(linux, tree.root(), SHIFT)) {
            inside.write("/etc/hostname", "ve101\n".getBytes(StandardCharsets.UTF_8), 0644);
            inside.makeDirectories("/etc/new/dir", 0755);
            inside.write("/etc/new/dir/file", "x\n".getBytes(StandardCharsets.UTF_8), 0600);
            inside.write("/var/data/deep/file", "y\n".getBytes(StandardCharsets.UTF_8), 0600);
            assertThat(inside.findInit()).isEqualTo("/sbin/init");
        }
        RootMount.unmountIfMounted(linux, tree.root());

        Path disk = word.equals("overlay") ? tree.area().resolve("upper") : tree.area();
        for (String path : new String[] {"etc/hostname", "etc/new", "etc/new/dir", "etc/new/dir/file"}) {
            assertThat(ids(disk.resolve(path))).as(path).isEqualTo("0:0");
        }
        assertThat(ids(disk.resolve("var/data/deep/file"))).isEqualTo("33:34");
    }

    @RootTest
    void templateAndPrivateAreaMayBeOnDifferentFileSystems() throws Exception {
        Path other =
                Files.createDirectories(Path.of(System.getenv("JVZ_PREFIX")).resolve("private"));
        tree = tree.withArea(other.resolve("101"));
        create("overlay");
        mount("overlay");
        Path root = tree.root();
        Object inode = Files.getAttribute(root.resolve("etc/hostname"), "unix:ino");
        Files.writeString(root.resolve("etc/hostname"), "changed\n");
        Files.move(root.resolve("var/data"), root.resolve("var/moved"));
        assertThat(Files.getAttribute(root.resolve("etc/hostname"), "unix:ino"))
                .as("an inode number survives the copy to the upper layer")
                .isEqualTo(inode);
        RootMount.unmountIfMounted(linux, root);
        mount("overlay");
        assertThat(root.resolve("etc/hostname")).hasContent("changed");
        assertThat(root.resolve("var/moved/deep/file")).hasContent("from the template");
        RootMount.unmountIfMounted(linux, root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void aPrivilegedVeHasTheHostsIds(String word) throws Exception {
        place(Files.createDirectory(dir.resolve("privileged")), IdShift.NONE);
        create(word);
        mount(word);
        assertThat(ids(tree.root().resolve("var/data/deep/file"))).isEqualTo("33:34");
        RootMount.unmountIfMounted(linux, tree.root());
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void takesPathsOfAnyCharacters(String word) throws Exception {
        place(Files.createDirectory(dir.resolve("o,d:d\\ \tp=a'th\\040\u00e4")), SHIFT);
        create(word);
        try (Transaction transaction = begin(StepObserver.NONE);
                InsideRoot view = layout(word, linux).openUnshifted(transaction, tree)) {
            assertThat(view.exists("/etc/hostname")).isTrue();
            transaction.commit();
        }
        mount(word);
        assertThat(tree.root().resolve("etc/hostname")).hasContent("template");
        assertThat(RootMount.isMounted(tree.root())).isTrue();
        assertThat(RootMount.unmountIfMounted(linux, tree.root())).isTrue();
        assertThat(RootMount.isMounted(tree.root())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void theUnshiftedViewChangesThePrivateAreaOnly(String word) throws Exception {
        create(word);
        Map<String, String> template = Trees.snapshot(tree.template());
        String mounts = Trees.mounts();
        try (Transaction transaction = begin(StepObserver.NONE);
                InsideRoot view = layout(word, linux).openUnshifted(transaction, tree)) {
            transaction.commit();
            assertThat(Trees.mounts()).isEqualTo(mounts);
            assertThat(view.realPath("/sbin/init")).isEqualTo("/sbin/init");
            view.write("/etc/hostname", "ve101\n".getBytes(StandardCharsets.UTF_8), 0644);
            view.write("/etc/new", "new\n".getBytes(StandardCharsets.UTF_8), 0640);
        }
        assertThat(Trees.snapshot(tree.template())).isEqualTo(template);
        assertThat(tree.stage()).doesNotExist();
        mount(word);
        assertThat(tree.root().resolve("etc/hostname")).hasContent("ve101");
        assertThat(ids(tree.root().resolve("etc/new"))).isEqualTo("6553600:6619136");
        RootMount.unmountIfMounted(linux, tree.root());
    }

    /** What an operation does, made to fail at one place after the other. */
    @FunctionalInterface
    private interface Operation {
        void run(Layout layout, Transaction transaction) throws IOException;
    }

    private void failEverywhere(String word, Operation operation, int least) throws IOException {
        Map<String, String> files = Trees.snapshot(dir);
        files.keySet().removeIf(LayoutTest::scratch);
        String mounts = Trees.mounts();

        List<String> steps = new ArrayList<>();
        int rounds = 0;
        for (int failing = 0; ; failing++) {
            int at = failing;
            steps.clear();
            StepObserver observer = (name, object) -> {
                steps.add(name);
                if (steps.size() - 1 == at) {
                    throw new IOException("made to fail");
                }
            };
            Throwable failure = catchThrowable(() -> {
                try (Transaction transaction = begin(observer)) {
                    operation.run(layout(word, linux), transaction);
                }
            });
            assertUndone("before step " + at + " of " + steps, files, mounts);
            if (failure == null) {
                break;
            }
            assertThat(failure).hasMessageStartingWith(steps.get(at)).hasRootCauseMessage("made to fail");
            rounds++;
        }
        assertThat(rounds).isGreaterThanOrEqualTo(least);

        for (int failing = 0; ; failing++) {
            FailingLinux failingLinux = new FailingLinux(failing);
            Throwable failure = catchThrowable(() -> {
                try (Transaction transaction = begin(StepObserver.NONE)) {
                    operation.run(layout(word, failingLinux.port()), transaction);
                }
            });
            assertUndone("call " + failing + " of " + failingLinux.calls(), files, mounts);
            if (failingLinux.calls().size() <= failing) {
                assertThat(failure).isNull();
                return;
            }
        }
    }

    /** The transaction's own journal, and what overlayfs itself makes anew with every mount. */
    private static boolean scratch(String name) {
        return name.startsWith("run") || name.startsWith("private/101/work");
    }

    private void assertUndone(String when, Map<String, String> files, String mounts) throws IOException {
        assertThat(Trees.mounts()).as(when).isEqualTo(mounts);
        Map<String, String> now = Trees.snapshot(dir);
        now.keySet().removeIf(LayoutTest::scratch);
        assertThat(journal).as(when).doesNotExist();
        assertThat(tree.stage()).as(when).doesNotExist();
        for (String touched : new String[] {"private", "root"}) {
            assertThat(now.get(touched)).as(when).isNotNull();
            // Making and removing an entry changes the directory's time.
            now.put(touched, files.getOrDefault(touched, ""));
        }
        assertThat(now).as(when).isEqualTo(files);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void aMountThatFailsAnywhereLeavesNothing(String word) throws Exception {
        create(word);
        failEverywhere(word, (layout, transaction) -> layout.mount(transaction, tree), word.equals("overlay") ? 14 : 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void aCreateThatFailsAnywhereLeavesNothing(String word) throws Exception {
        failEverywhere(word, (layout, transaction) -> layout.create(transaction, tree, CopyListener.NONE), 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void aViewThatFailsAnywhereLeavesNothing(String word) throws Exception {
        create(word);
        failEverywhere(
                word,
                (layout, transaction) -> layout.openUnshifted(transaction, tree).close(),
                1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "simfs"})
    @Tag("vm")
    @Tag("long")
    void whatAKilledMountLeftIsUndoneFromTheJournal(String word) throws Exception {
        create(word);
        String mounts = Trees.mounts();
        for (int dying = 0; ; dying++) {
            int at = dying;
            List<String> steps = new ArrayList<>();
            // Never closed: the process is gone.
            @SuppressWarnings("resource")
            Transaction transaction = begin((name, object) -> {
                steps.add(name);
                if (steps.size() - 1 == at) {
                    throw new IOException("killed");
                }
            });
            Throwable failure = catchThrowable(() -> layout(word, linux).mount(transaction, tree));
            Transaction.recover(journal, new RootfsUndo(linux));
            assertThat(Trees.mounts()).as("killed before " + steps).isEqualTo(mounts);
            assertThat(tree.root()).doesNotExist();
            assertThat(dir.resolve("run/stage")).doesNotExist();
            if (failure == null) {
                break;
            }
        }
        mount(word);
        RootMount.unmountIfMounted(linux, tree.root());
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void simfsRefusesAnOpenParent() throws Exception {
        Path open = Path.of(System.getenv("JVZ_PREFIX")).resolve("open");
        Files.createDirectories(open);
        Files.setAttribute(open, "unix:mode", 0755);
        tree = tree.withArea(open.resolve("101"));
        assertThatThrownBy(() -> create("simfs"))
                .hasRootCauseMessage("Private area " + open + "/101 would be open to users of the host; make " + open
                        + " 0700 first");
        assertThat(open).isEmptyDirectory();
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void namesTheUsersOfABusyRoot() throws Exception {
        create("overlay");
        mount("overlay");
        Process user = new ProcessBuilder("sh", "-c", "echo; exec sleep 60")
                .directory(tree.root().resolve("var").toFile())
                .start();
        try {
            user.getInputStream().read();
            assertThatThrownBy(() -> RootMount.unmountIfMounted(linux, tree.root()))
                    .isInstanceOf(RootBusyException.class)
                    .hasMessage(tree.root() + " is in use by sleep (pid " + user.pid() + ", working directory)");
            assertThat(RootMount.isMounted(tree.root())).isTrue();
        } finally {
            user.destroyForcibly().waitFor();
        }
        assertThat(RootMount.unmountIfMounted(linux, tree.root())).isTrue();
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void unmountsWhatIsBelowAndStacked() throws Exception {
        create("simfs");
        mount("simfs");
        Path root = tree.root();
        linux.mount("one", root.resolve("etc"), "tmpfs", Set.of(), null);
        Files.createDirectory(root.resolve("etc/below"));
        linux.mount("two", root.resolve("etc/below"), "tmpfs", Set.of(), null);
        linux.mount("three", root, "tmpfs", Set.of(), null);
        assertThat(RootMount.below(root)).isEmpty();
        assertThat(RootMount.unmountIfMounted(linux, root)).isTrue();
        assertThat(Trees.mounts()).doesNotContain(dir.toString());
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void detachesABusySubmountOnlyIfItLosesNothing() throws Exception {
        create("simfs");
        mount("simfs");
        Path root = tree.root();
        linux.mount("busy", root.resolve("etc"), "tmpfs", Set.of(), null);
        Path held = Files.createFile(root.resolve("etc/held"));
        try (Fd open = linux.open(held)) {
            assertThat(open.isOpen()).isTrue();
            assertThat(RootMount.unmountIfMounted(linux, root)).isTrue();
        }
        assertThat(Trees.mounts()).doesNotContain(dir.toString());
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void mountsBelowTheRootStayOutOfThePrivateArea() throws Exception {
        // As on a host whose init made everything shared.
        linux.mount(null, "/", null, Set.of(MountFlag.REC, MountFlag.SHARED), null);
        create("simfs");
        mount("simfs");
        linux.mount("inner", tree.root().resolve("etc"), "tmpfs", Set.of(), null);
        assertThat(tree.area().resolve("etc/hostname")).exists();
        assertThat(RootMount.unmountIfMounted(linux, tree.root())).isTrue();
    }
}
