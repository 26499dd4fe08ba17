package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.RootTest;

/** Host name and name servers of a VE: at its start, and while it runs, all of a change or nothing. */
class GuestSetupTest {
    private static final String[] ALL = {
        "HOSTNAME", "web1.example.org",
        "NAMESERVER", "192.0.2.53 2001:db8::53",
        "SEARCHDOMAIN", "example.org"
    };

    private final Linux linux = new JffiLinux();

    @TempDir
    Path prefix;

    @TempDir
    Path files;

    private TinyHost tiny;

    @BeforeEach
    void makeVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        // The test's own mount namespace: what the host's resolv.conf says is what the test says.
        hostResolves("nameserver 127.0.0.53\nnameserver 198.51.100.53\nsearch host.example\n");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
    }

    @AfterEach
    void endVe() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    private void hostResolves(String text) throws IOException {
        Path file = files.resolve("resolv.conf");
        Files.writeString(file, text);
        linux.mount(file.toString(), Path.of("/etc/resolv.conf"), null, Set.of(MountFlag.BIND), null);
    }

    private Map<String, String> facts() throws IOException {
        TreeMap<String, String> facts = new TreeMap<>();
        facts.put("uts", tiny.sh("hostname"));
        for (String file : new String[] {"hostname", "hosts", "resolv.conf"}) {
            facts.put(file, tiny.sh("ls -l /etc/" + file + " | head -c 10; cat /etc/" + file));
        }
        facts.put("configuration", Files.readString(tiny.paths.conf(TinyHost.ID)));
        return facts;
    }

    private static void assertHasAll(Map<String, String> facts) {
        assertThat(facts.get("uts")).isEqualTo("web1.example.org\n");
        assertThat(facts.get("hostname")).isEqualTo("-rw-r--r--web1.example.org\n");
        assertThat(facts.get("hosts")).contains("127.0.1.1\tweb1.example.org web1\n");
        assertThat(facts.get("resolv.conf"))
                .isEqualTo("-rw-r--r--search example.org\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n");
    }

    @RootTest
    void aNewVeInheritsTheHostsNameServers() throws IOException {
        tiny.start(tiny.host());
        assertThat(tiny.sh("cat /etc/resolv.conf")).isEqualTo("nameserver 198.51.100.53\n");
        tiny.setKeys(tiny.host(), true, "SEARCHDOMAIN", "inherit");
        assertThat(tiny.sh("cat /etc/resolv.conf")).isEqualTo("search host.example\nnameserver 198.51.100.53\n");
    }

    @RootTest
    void aStoppedVeTakesAChangeWithItsNextStart() throws IOException {
        tiny.setKeys(tiny.host(), true, ALL);
        tiny.start(tiny.host());
        assertHasAll(facts());
    }

    @RootTest
    void aRunningVeTakesAChangeAtOnce() throws IOException {
        tiny.start(tiny.host());
        tiny.setKeys(tiny.host(), true, ALL);
        assertHasAll(facts());
        tiny.sh("echo nameserver 192.0.2.99 >/etc/resolv.conf");
        tiny.setKeys(tiny.host(), true, ALL);
        assertHasAll(facts());
        assertThat(tiny.events).noneMatch(event -> event.startsWith("NOT_APPLIED"));
        Map<String, String> before = facts();
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        assertThat(facts()).isEqualTo(before);
    }

    private record FailAt(String name, String step) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (name.equals(this.name) && object.equals(step)) {
                throw new IOException("injected");
            }
        }
    }

    @RootTest
    void aChangeThatFailsAtAnyStepChangesNothing() throws IOException {
        tiny.start(tiny.host());
        tiny.sh("ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf");
        Set<String> steps = new LinkedHashSet<>();
        tiny.setKeys(tiny.host((name, object) -> steps.add(name + "|" + object), Faults.NONE), true, ALL);
        assertThat(steps)
                .contains(
                        "set hostname|web1.example.org",
                        "write guest file|/etc/hostname",
                        "write guest file|/etc/hosts",
                        "write guest file|/etc/resolv.conf");
        tiny.setKeys(tiny.host(), true, "HOSTNAME", "tiny.example", "NAMESERVER", "", "SEARCHDOMAIN", "");
        tiny.sh("ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf");
        Map<String, String> before = facts();
        for (String step : steps) {
            String[] parts = step.split("\\|");
            VeHost failing = tiny.host(new FailAt(parts[0], parts[1]), Faults.NONE);
            Throwable failure = catchThrowable(() -> tiny.setKeys(failing, true, ALL));
            assertThat(TinyHost.messages(failure)).as(step).contains("injected");
            assertThat(((VeException) failure).error())
                    .as(step)
                    .isEqualTo(step.contains("resolv") ? VzError.BAD_NAMESERVER : VzError.BAD_HOSTNAME);
            assertThat(facts()).as(step).isEqualTo(before);
            assertThat(Files.exists(tiny.host().journal(TinyHost.ID))).as(step).isFalse();
        }
    }

    @RootTest
    void aKilledChangeIsUndoneByTheNextCommand() throws IOException {
        tiny.start(tiny.host());
        Map<String, String> before = facts();
        Path journal = tiny.host().journal(TinyHost.ID);
        Path copy = files.resolve("journal");
        // What kill -9 leaves: the changes, and a journal that tells of them.
        VeHost dying = tiny.host(
                (name, object) -> {
                    if (object.equals("/etc/resolv.conf")) {
                        Files.copy(journal, copy);
                    }
                },
                Faults.NONE);
        tiny.setKeys(dying, false, ALL);
        assertThat(tiny.sh("hostname")).isEqualTo("web1.example.org\n");
        tiny.sh("head -c 0 /dev/null >/etc/resolv.conf");
        Files.move(copy, journal);
        tiny.setKeys(tiny.host(), false);
        Map<String, String> after = facts();
        after.put("resolv.conf", before.get("resolv.conf"));
        assertThat(after).isEqualTo(before);
    }

    @RootTest
    void aGuestThatDoesNotTakeItsFilesIsToldOf() throws IOException {
        tiny.start(tiny.host());
        Map<String, String> before = facts();
        tiny.sh("rm /etc/resolv.conf; mknod /etc/resolv.conf p");
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, ALL));
        assertThat(TinyHost.messages(failure)).contains("/etc/resolv.conf", "is a FIFO");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.BAD_NAMESERVER);
        assertThat(tiny.sh("hostname")).isEqualTo(before.get("uts"));
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        assertThat(tiny.events)
                .anyMatch(event -> event.startsWith("WARNING Unable to write the name servers into the container"));
    }

    @RootTest
    void aNameThatIsNoneIsRefused() throws IOException {
        tiny.start(tiny.host());
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "HOSTNAME", "a".repeat(65)));
        assertThat(((VeException) failure).error()).isEqualTo(VzError.BAD_HOSTNAME);
        assertThat(tiny.sh("hostname")).isEqualTo("tiny.example\n");
    }

    @RootTest
    void aHostWithoutNameServersHasNoneToInherit() throws IOException {
        hostResolves("# none\n");
        tiny.start(tiny.host());
        assertThat(tiny.sh("cat /etc/resolv.conf")).isEmpty();
        assertThat(tiny.events).noneMatch(event -> event.startsWith("WARNING"));
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NAMESERVER", "inherit"));
        assertThat(TinyHost.messages(failure)).contains("This host has no name servers");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.BAD_NAMESERVER);
    }
}
