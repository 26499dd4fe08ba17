package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.testing.FullDisk;
import org.jvz.testing.RootTest;

/** On a full disk a configuration is the old one or the new one, whole, and the command says which. */
class FullDiskTest {
    private static final CtId ID = new CtId(103);

    @RootTest
    void noConfigurationIsLostOrCutWhereBytesRunOut(@TempDir Path dir) throws IOException {
        int saved = 0;
        int refused = 0;
        for (int pages = 0; pages < 12; pages++) {
            Path disk = FullDisk.mount(dir.resolve("bytes" + pages), "size=256k");
            Harness host = host(disk);
            FullDisk.takeBytes(disk, pages);
            if (set(host, "with " + pages + " free pages")) {
                saved++;
            } else {
                refused++;
            }
        }
        // It takes some pages for the lock and the new file: both must have been seen.
        assertThat(saved).isPositive();
        assertThat(refused).isPositive();
    }

    @RootTest
    void noConfigurationIsLostWhereInodesRunOut(@TempDir Path dir) throws IOException {
        int saved = 0;
        int refused = 0;
        for (int free = 0; free < 10; free++) {
            Path disk = FullDisk.mount(dir.resolve("inodes" + free), "nr_inodes=60");
            Harness host = host(disk);
            FullDisk.takeInodes(disk, free);
            if (set(host, "with " + free + " free inodes")) {
                saved++;
            } else {
                refused++;
            }
        }
        assertThat(saved).isPositive();
        assertThat(refused).isPositive();
    }

    /** Tries a change that needs three pages; whether it was made. */
    private static boolean set(Harness host, String when) throws IOException {
        byte[] before = Files.readAllBytes(host.paths.conf(ID));
        List<String> namesBefore = names(host);

        Result result =
                host.vzctl("set", "103", "--description", "d".repeat(2 * FullDisk.PAGE), "--name", "db", "--save");

        assertThat(leftovers(host.paths.confDir())).as(when).isEmpty();
        assertThat(host.root.resolve("vz/lock/103.lck")).as(when).doesNotExist();
        ConfFile now = ConfFile.read(host.paths.conf(ID));
        if (result.status() == 0) {
            assertThat(result.err()).as(when).isEmpty();
            assertThat(now.get("DESCRIPTION")).as(when).hasSize(2 * FullDisk.PAGE);
            assertThat(now.get("NAME")).as(when).isEqualTo("db");
            assertThat(now.get("HOSTNAME")).as(when).isEqualTo("h");
            return true;
        }
        assertThat(result.err()).as(when).contains("No space left on device");
        assertThat(result.status()).as(when).isIn(3, 139);
        assertThat(host.paths.conf(ID)).as(when).hasBinaryContent(before);
        assertThat(names(host)).as(when).isEqualTo(namesBefore);
        // What needs no space still works.
        assertThat(host.vzctl("status", "103"))
                .as(when)
                .isEqualTo(new Result(0, "CTID 103 exist unmounted down\n", ""));
        return false;
    }

    private static Harness host(Path disk) throws IOException {
        Harness host = new Harness(disk);
        host.conf(103, "# first\nHOSTNAME=\"h\"\n");
        host.state(103, true, false, false, false);
        // The log is full, too, which is no reason to say anything.
        host.vzConf("LOGGING=\"yes\"\nLOGFILE=\"" + disk.resolve("vzctl.log") + "\"\n");
        Files.writeString(
                host.paths.vzConf(), Files.readString(host.paths.vzConf()).replace("LOGGING=\"no\"\n", ""));
        return host;
    }

    private static List<String> names(Harness host) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(host.paths.namesDir())) {
            for (Path entry : entries) {
                names.add(entry.getFileName() + " " + Files.isSymbolicLink(entry)
                        + Files.exists(entry, LinkOption.NOFOLLOW_LINKS));
            }
        }
        return names;
    }

    private static Set<String> leftovers(Path dir) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir, "*tmp*")) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }
}
