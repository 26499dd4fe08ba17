package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.ve.TemplateSource.Lease;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.tar.RawTar;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
class TemplateStoreTest {
    @TempDir
    Path dir;

    private TestStore host;

    @AfterEach
    void removeHost() throws IOException {
        host.close();
    }

    @BeforeEach
    void makeHost() throws IOException {
        host = new TestStore(dir);
    }

    /** Half a megabyte in a few files. */
    private static byte[] small(String word) {
        RawTar tar = new RawTar().dir("./", 0755).dir("etc", 0755).file("etc/word", 0644, word);
        for (int i = 0; i < 50; i++) {
            tar.file("etc/file" + i, 0600, (word + i).repeat(1500));
        }
        return tar.dir("var/lib", 0711).fifo("var/lib/pipe").bytes();
    }

    private Lease acquire(String name) throws IOException {
        return host.open().acquire(name, host.listener());
    }

    @ParameterizedTest
    @EnumSource
    void unpacksWhateverTheNameSays(Compression compression) throws IOException {
        host.archive("t.tar.xz", Packing.pack(compression, small("hello")));
        try (Lease lease = acquire("t")) {
            assertThat(lease.digest())
                    .isEqualTo("sha256:" + ArchiveIndex.compute(host.cache.resolve("t.tar.xz"), TemplateEvents.NONE));
            assertThat(lease.rootfs().resolve("etc/word")).hasContent("hello");
            assertThat(lease.rootfs())
                    .isEqualTo(host.store
                            .resolve(lease.digest().substring("sha256:".length()))
                            .resolve("rootfs"));
            // Root, etc, word, 50 files, var (not mentioned), var/lib, pipe.
            assertThat(lease.inodes()).isEqualTo(56);
            assertThat(lease.unpackedBytes()).isGreaterThan(400_000).isLessThan(600_000);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(host.store)))
                .isEqualTo("rwx------");
    }

    @RootTest
    void unpacksOnceAndAgainOnlyForOtherContents() throws IOException {
        host.archive("t.tar", small("one"));
        acquire("t").close();
        acquire("t").close();
        assertThat(host.count(TemplateEvents.Stage.UNPACKING)).isEqualTo(1);
        host.archive("same.tar.gz", small("one"));
        acquire("same").close();
        assertThat(host.count(TemplateEvents.Stage.UNPACKING)).isEqualTo(1);
        host.archive("t.tar", small("two"));
        acquire("t").close();
        assertThat(host.count(TemplateEvents.Stage.UNPACKING)).isEqualTo(2);
        assertThat(host.inStore()).hasSize(2);
    }

    @RootTest
    void tellsAVeOperationWhatItDoes() throws IOException {
        host.archive("t.tar", small("x"));
        List<String> told = new ArrayList<>();
        host.open().acquire("/some/where/t", event -> told.add(event.text())).close();
        assertThat(told).hasSize(3).allMatch(text -> text.startsWith("DETAIL "));
        assertThat(told.get(1)).isEqualTo("DETAIL Unpacking " + host.cache.resolve("t.tar"));
        assertThat(new VeEvent(VeEvent.Kind.DETAIL, List.of()).text()).isEqualTo("DETAIL");
    }

    @RootTest
    void eightAtOnceDoTheWorkOnce() throws Exception {
        host.archive("t.tar.gz", Packing.pack(Compression.GZIP, small("together")));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch ready = new CountDownLatch(8);
            List<Callable<String>> creates = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                creates.add(() -> {
                    TemplateStore store = host.open();
                    ready.countDown();
                    ready.await();
                    try (Lease lease = store.acquire("t", host.listener())) {
                        assertThat(lease.rootfs().resolve("etc/word")).hasContent("together");
                        return lease.digest();
                    }
                });
            }
            List<String> digests = new ArrayList<>();
            for (Future<String> result : threads.invokeAll(creates)) {
                digests.add(result.get());
            }
            assertThat(digests).hasSize(8).containsOnly(digests.get(0));
        } finally {
            threads.shutdownNow();
        }
        assertThat(host.count(TemplateEvents.Stage.UNPACKING)).isEqualTo(1);
        assertThat(host.inStore()).hasSize(1);
    }

    @RootTest
    void noStepThatFailsLeavesAnything() throws IOException {
        host.archive("t.tar", small("fault"));
        List<String> steps = new ArrayList<>();
        host.observer = (name, object) -> steps.add(name);
        acquire("t").close();
        assertThat(steps)
                .containsExactly("make work directory", "make root", "unpack", "write description", "sync", "publish");
        for (String failing : steps) {
            TestStore fresh = new TestStore(dir.resolve(failing));
            fresh.archive("t.tar", small("fault"));
            fresh.observer = (name, object) -> {
                if (name.equals(failing)) {
                    throw new IOException("made to fail: " + name);
                }
            };
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(
                            () -> fresh.open().acquire("t", fresh.listener()).close())
                    .withMessage("made to fail: " + failing);
            assertThat(fresh.inStore()).as(failing).isEmpty();
            fresh.observer = org.jvz.runtime.undo.StepObserver.NONE;
            fresh.open().acquire("t", fresh.listener()).close();
            assertThat(fresh.inStore()).as(failing).hasSize(1);
        }
    }

    @RootTest
    void noSystemCallThatFailsLeavesAnything() throws IOException {
        FailingLinux all = new FailingLinux(-1);
        host.archive(
                "t.tar",
                new RawTar()
                        .dir("a", 0755)
                        .file("a/f", 04755, "x")
                        .symlink("l", "t")
                        .fifo("p")
                        .bytes());
        host.linux = all.port();
        acquire("t").close();
        int calls = all.calls().size();
        assertThat(calls).isGreaterThan(30);
        int failed = 0;
        for (int i = 0; i < calls; i++) {
            TestStore fresh = new TestStore(dir.resolve("call" + i));
            Files.copy(host.cache.resolve("t.tar"), fresh.cache.resolve("t.tar"));
            FailingLinux failing = new FailingLinux(i);
            fresh.linux = failing.port();
            try {
                fresh.open().acquire("t", fresh.listener()).close();
            } catch (IOException | VeException e) {
                failed++;
            }
            // A call of the clean-up itself may have failed: then gc does it.
            fresh.linux = host.linux;
            new CollectGarbage(fresh.open()).run(fresh.listener());
            List<String> left = fresh.inStore();
            left.removeIf(StorePaths::isDigest);
            assertThat(left).as("call %d, %s", i, all.calls().get(i)).isEmpty();
            fresh.open().acquire("t", fresh.listener()).close();
        }
        assertThat(failed).isGreaterThan(calls * 3 / 4);
    }

    @RootTest
    void anInterruptEndsAnImportAndLeavesNothing() throws Exception {
        host.archive("t.tar", small("interrupted"));
        Thread test = Thread.currentThread();
        host.observer = (name, object) -> {
            if (name.equals("unpack")) {
                test.interrupt();
            }
        };
        assertThatExceptionOfType(InterruptedIOException.class)
                .isThrownBy(() -> acquire("t").close());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(host.inStore()).isEmpty();
    }

    @RootTest
    void theNextImportRemovesWhatAKilledOneLeft() throws IOException {
        Files.createDirectories(host.store.resolve("tmp-0123-dead/rootfs/etc"));
        Files.writeString(host.store.resolve("tmp-0123-dead/rootfs/etc/file"), "half");
        host.archive("t.tar", small("next"));
        acquire("t").close();
        assertThat(host.inStore()).hasSize(1).allMatch(StorePaths::isDigest);
    }

    @RootTest
    void gcLeavesAloneWhatAnotherProcessWorksOn() throws IOException {
        Path work = Files.createDirectories(host.store.resolve("tmp-0123-alive"));
        Files.createDirectories(host.store.resolve("tmp-0123-dead"));
        try (var held = host.linux.open(work, OpenFlag.DIRECTORY)) {
            assertThat(host.linux.lock(held, true, false)).isTrue();
            CollectGarbage.Removed removed = new CollectGarbage(host.open()).run(host.listener());
            assertThat(removed).isEqualTo(new CollectGarbage.Removed(0, 1));
            assertThat(host.inStore()).containsExactly("tmp-0123-alive");
        }
        new CollectGarbage(host.open()).run(host.listener());
        assertThat(host.inStore()).isEmpty();
    }

    @RootTest
    void anArchiveThatChangesWhileItIsReadIsRefused() throws IOException {
        Path archive = host.archive("t.tar", small("before"));
        host.observer = (name, object) -> {
            if (name.equals("unpack")) {
                Files.write(archive, small("afterw"));
            }
        };
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> acquire("t").close())
                .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("the archive changed while it was read"));
        assertThat(host.inStore()).isEmpty();
    }

    @RootTest
    void gcKeepsWhatIsNeeded() throws IOException {
        String[] digests = new String[3];
        for (int i = 0; i < 3; i++) {
            host.archive("t" + i + ".tar", small("word" + i));
            try (Lease lease = acquire("t" + i)) {
                digests[i] = lease.digest();
            }
        }
        host.pin(101, digests[1]);
        Files.delete(host.cache.resolve("t1.tar"));
        Files.delete(host.cache.resolve("t2.tar"));
        CollectGarbage.Removed removed = new CollectGarbage(host.open()).run(host.listener());
        assertThat(removed).isEqualTo(new CollectGarbage.Removed(1, 0));
        assertThat(host.inStore()).containsExactlyInAnyOrder(digests[0].substring(7), digests[1].substring(7));
        assertThat(host.store.resolve("locks").resolve(digests[0].substring(7))).exists();
        assertThat(host.store.resolve("locks").resolve(digests[2].substring(7))).doesNotExist();
        Files.delete(host.confDir.resolve("101.conf"));
        assertThat(new CollectGarbage(host.open()).run(host.listener()).trees()).isEqualTo(1);
    }

    @RootTest
    void gcWaitsForNobodyAndTakesNothingInUse() throws IOException {
        host.archive("t.tar", small("used"));
        try (Lease lease = acquire("t")) {
            Files.delete(host.cache.resolve("t.tar"));
            assertThat(new CollectGarbage(host.open()).run(host.listener()).trees())
                    .isZero();
            assertThat(lease.rootfs().resolve("etc/word")).hasContent("used");
        }
        assertThat(new CollectGarbage(host.open()).run(host.listener()).trees()).isEqualTo(1);
    }

    @RootTest
    void removesATemplateThatNobodyUses() throws IOException {
        host.archive("t.tar", small("one"));
        host.archive("t.tar.gz", Packing.pack(Compression.GZIP, small("two")));
        host.archive("other.tar", small("one"));
        acquire("t").close();
        new RemoveTemplate(host.open()).run("t", host.listener());
        // The tree is the other's too.
        assertThat(host.inCache()).containsExactly("other.tar");
        assertThat(host.inStore()).hasSize(1);
        new RemoveTemplate(host.open()).run("other", host.listener());
        assertThat(host.inCache()).isEmpty();
        assertThat(host.inStore()).isEmpty();
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> new RemoveTemplate(host.open()).run("t", host.listener()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.OSTEMPLATE_NOT_FOUND));
    }

    @RootTest
    void removesNothingThatAVeUses() throws IOException {
        host.archive("t.tar", small("pinned"));
        String digest;
        try (Lease lease = acquire("t")) {
            digest = lease.digest();
            assertThatExceptionOfType(VeException.class)
                    .isThrownBy(() -> new RemoveTemplate(host.open()).run("t", host.listener()))
                    .withMessage("OS template t is in use: a container is being created from it");
        }
        host.pin(101, digest);
        host.pin(7, digest);
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> new RemoveTemplate(host.open()).run("t", host.listener()))
                .withMessageStartingWith("OS template t is used by containers ")
                .withMessageContaining("101")
                .withMessageContaining("7");
        assertThat(host.inCache()).containsExactly("t.tar");
        assertThat(host.inStore()).hasSize(1);
    }

    @RootTest
    void aConfigurationThatCannotBeReadStopsRemoval() throws IOException {
        host.archive("t.tar", small("safe"));
        acquire("t").close();
        Files.createSymbolicLink(host.confDir.resolve("101.conf"), host.confDir.resolve("101.conf"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new RemoveTemplate(host.open()).run("t", host.listener()));
        assertThat(host.inCache()).containsExactly("t.tar");
        assertThat(host.inStore()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "contents",
                "mode",
                "owner",
                "time",
                "added",
                "missing",
                "type",
                "target",
                "link",
                "attribute",
                "hole"
            })
    void verifyNoticesEveryChange(String change) throws IOException {
        host.archive(
                "t.tar",
                new RawTar()
                        .dir("d", 0755)
                        .pax("SCHILY.xattr.user.a", "b")
                        .file("d/f", 0644, "contents")
                        .symlink("l", "target")
                        .link("h", "d/f")
                        .pax("GNU.sparse.size", "100000", "GNU.sparse.map", "50000,4")
                        .file("s", 0644, "data")
                        .bytes());
        Path rootfs;
        try (Lease lease = acquire("t")) {
            rootfs = lease.rootfs();
        }
        VerifyTemplate verify = new VerifyTemplate(host.open());
        assertThat(verify.run("t", true, host.listener())).isEmpty();
        Path file = rootfs.resolve("d/f");
        var time = Files.getLastModifiedTime(file);
        boolean needsFull = false;
        switch (change) {
            case "contents" -> {
                Files.writeString(file, "CONTENTS");
                Files.setLastModifiedTime(file, time);
                needsFull = true;
            }
            case "mode" -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
            case "owner" -> Files.setAttribute(file, "unix:uid", 1);
            case "time" -> Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1));
            case "added" -> Files.createFile(rootfs.resolve("d/new"));
            case "missing" -> Files.delete(rootfs.resolve("h"));
            case "type" -> {
                Files.delete(rootfs.resolve("s"));
                Files.createDirectory(rootfs.resolve("s"));
            }
            case "target" -> {
                Files.delete(rootfs.resolve("l"));
                Files.createSymbolicLink(rootfs.resolve("l"), Path.of("/etc/shadow"));
            }
            case "link" -> {
                Files.delete(rootfs.resolve("h"));
                Files.copy(file, rootfs.resolve("h"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
            case "attribute" -> {
                try (var fd = host.linux.open(file, OpenFlag.RDWR)) {
                    host.linux.setXattr(fd, "user.a", new byte[] {'c'});
                }
                needsFull = true;
            }
            case "hole" -> {
                var sparseTime = Files.getLastModifiedTime(rootfs.resolve("s"));
                try (var fd = host.linux.open(rootfs.resolve("s"), OpenFlag.RDWR)) {
                    host.linux.writeAt(fd, 90_000, new byte[] {1}, 0, 1);
                }
                Files.setLastModifiedTime(rootfs.resolve("s"), sparseTime);
                needsFull = true;
            }
            default -> throw new AssertionError(change);
        }
        List<String> fast = verify.run(null, false, host.listener());
        if (needsFull) {
            assertThat(fast).isEmpty();
        } else {
            assertThat(fast).isNotEmpty().allMatch(problem -> problem.startsWith("t: /"));
        }
        assertThat(verify.run("t", true, host.listener())).isNotEmpty();
    }

    @RootTest
    void verifyNoticesABadDisk() throws IOException {
        Path archive = host.archive("t.tar", small("good"));
        acquire("t").close();
        // Bytes that change without a trace: as the index remembers another digest for just this file.
        Files.writeString(
                host.store.resolve("index"),
                "0".repeat(64) + " " + ArchiveIndex.identity(archive) + "\t" + archive + "\n");
        assertThat(new VerifyTemplate(host.open()).run("t", false, host.listener()))
                .containsExactly(archive + ": contents changed, though its size and times did not");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> new VerifyTemplate(host.open()).run("absent", false, host.listener()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.OSTEMPLATE_NOT_FOUND));
    }

    @RootTest
    void listsArchivesAndTreesThatOutlivedThem() throws IOException {
        host.archive("new.tar", small("new"));
        host.archive("old.tar", small("old"));
        String digest;
        try (Lease lease = acquire("old")) {
            digest = lease.digest();
        }
        host.pin(101, digest);
        Files.delete(host.cache.resolve("old.tar"));
        Files.writeString(host.cache.resolve("README"), "not an archive");
        List<ListTemplates.Template> list = new ListTemplates(host.open()).run(host.listener());
        assertThat(list).extracting(ListTemplates.Template::name).containsExactly("new", "old");
        assertThat(list.get(0).unpackedBytes()).isEqualTo(-1);
        assertThat(list.get(0).inCache()).isTrue();
        assertThat(list.get(1).inCache()).isFalse();
        assertThat(list.get(1).ves()).containsExactly("101");
        assertThat("sha256:" + list.get(1).digest()).isEqualTo(digest);
        assertThat(list.get(1).unpackedBytes()).isGreaterThan(100_000);
    }

    @RootTest
    void importsAnArchiveFromElsewhere() throws IOException {
        Path file = Files.write(dir.resolve("debian.tar"), Packing.pack(Compression.XZ, small("import")));
        ImportTemplate importer = new ImportTemplate(host.open());
        // Named by what it is.
        assertThat(importer.run(file, null, host.listener())).isEqualTo(host.cache.resolve("debian.tar.xz"));
        assertThat(importer.run(file, "two", host.listener())).isEqualTo(host.cache.resolve("two.tar.xz"));
        assertThat(host.cache.resolve("two.tar.xz")).hasSameBinaryContentAs(file);
        assertThat(host.inCache()).containsExactly("debian.tar.xz", "two.tar.xz");
        assertThat(host.inStore()).hasSize(1);
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> importer.run(file, null, host.listener()))
                .withMessageContaining("OS template debian exists")
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.INVALID_VALUE));
        assertThat(importer.run(host.cache.resolve("two.tar.xz"), null, host.listener()))
                .isEqualTo(host.cache.resolve("two.tar.xz"));
    }

    @RootTest
    void importsNothingThatDoesNotUnpack() throws IOException {
        Path file = Files.write(
                dir.resolve("bad.tar"), new RawTar().file("../x", 0644, "x").bytes());
        ImportTemplate importer = new ImportTemplate(host.open());
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> importer.run(file, null, host.listener()))
                .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("contains '..'"));
        for (String name : new String[] {"a/b", "", ".x", "-x", "x\ny"}) {
            assertThatExceptionOfType(VeException.class)
                    .isThrownBy(() -> importer.run(file, name, host.listener()))
                    .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.INVALID_VALUE));
        }
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> importer.run(dir.resolve("absent.tar"), null, host.listener()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.INVALID_VALUE));
        assertThat(host.inCache()).isEmpty();
        assertThat(host.inStore()).isEmpty();
    }
}
