package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static final CtId ID = new CtId(101);
    private static final CtId OTHER = new CtId(102);

    @TempDir
    private Path dir;

    private HostPaths paths = HostPaths.under(Path.of("/unset"));
    private Names names = new Names(paths);

    @BeforeEach
    void directories() throws Exception {
        paths = HostPaths.under(dir);
        names = new Names(paths);
        Files.createDirectories(paths.confDir());
    }

    private VeConf conf(CtId id) {
        return VeConf.empty(VzConf.of(paths, ConfFile.empty(paths.vzConf())), id);
    }

    private void give(String name, CtId id) throws Exception {
        try (Names.Claim claim = names.claim(name, id)) {
            claim.recordIn(conf(id)).save();
        }
    }

    @Test
    void aNameIsALinkToTheConfigurationThatHasIt() throws Exception {
        give("web 1", ID);
        assertThat(Files.readSymbolicLink(paths.namesDir().resolve("web 1"))).hasToString("../conf/101.conf");
        assertThat(names.resolve("web 1")).isEqualTo(ID);
        assertThat(names.owner("web 1")).isEqualTo(ID);
    }

    @Test
    void digitsAreAnIdWhateverTheNamesSay() throws Exception {
        give("102", ID);
        assertThat(names.resolve("102")).isEqualTo(OTHER);
        assertThat(names.resolve("7")).isEqualTo(new CtId(7));
        assertThatThrownBy(() -> names.resolve("9999999999")).hasMessage("Bad CT ID 9999999999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "", "../conf", "a/b", "..", "a\0b", "-1"})
    void whatIsNeitherIsABadId(String word) {
        assertThatThrownBy(() -> names.resolve(word))
                .isInstanceOf(BadCtIdException.class)
                .hasMessage("Bad CT ID " + word);
    }

    @Test
    void aStaleLinkNamesNobody() throws Exception {
        give("web", ID);
        conf(ID).withText("NAME", "other").save();
        assertThatThrownBy(() -> names.resolve("web"))
                .isInstanceOf(BadCtIdException.class)
                .hasMessage("Unable to find container by name");
        assertThat(names.owner("web")).isNull();
        Files.delete(paths.conf(ID));
        assertThatThrownBy(() -> names.resolve("web")).hasMessage("Unable to find container by name");
        give("web", OTHER);
        assertThat(names.resolve("web")).isEqualTo(OTHER);
        assertThat(paths.namesDir().resolve("~new")).doesNotExist();
    }

    @Test
    void aNameHasOneOwner() throws Exception {
        give("web", ID);
        give("web", ID);
        assertThatThrownBy(() -> give("web", OTHER))
                .isInstanceOfSatisfying(
                        NameConflictException.class, e -> assertThat(e.owner()).isEqualTo(ID))
                .hasMessage("Conflict: name web already used by container 101");
        names.remove("web", OTHER);
        assertThat(names.owner("web")).as("only its own").isEqualTo(ID);
        names.remove("web", ID);
        assertThat(names.owner("web")).isNull();
        assertThat(paths.namesDir()).isEmptyDirectory();
    }

    @Test
    void aFileThatIsNoLinkIsNoName() throws Exception {
        Files.createDirectories(paths.namesDir());
        Files.writeString(paths.namesDir().resolve("file"), "");
        assertThatThrownBy(() -> names.resolve("file")).hasMessage("Bad CT ID file");
    }

    @Test
    void ofManyThreadsOneGetsTheName() throws Exception {
        AtomicInteger winners = new AtomicInteger();
        AtomicInteger losers = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            CtId id = new CtId(200 + i);
            threads[i] = new Thread(() -> {
                try {
                    give("one", id);
                    winners.incrementAndGet();
                } catch (NameConflictException e) {
                    losers.incrementAndGet();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(winners).hasValue(1);
        assertThat(losers).hasValue(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Web 1", "a-b+c_d.e", "101", "...", " "})
    void allowedNames(String name) {
        assertThat(Names.isValid(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "ä", "a\n", "a\"b", "$a", "a:b", "a,b", "~new"})
    void forbiddenNames(String name) {
        assertThat(Names.isValid(name)).isFalse();
        assertThat(Names.isValid("x".repeat(255))).isTrue();
        assertThat(Names.isValid("x".repeat(256))).isFalse();
    }
}
