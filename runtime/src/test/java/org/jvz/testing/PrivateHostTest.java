package org.jvz.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;

final class PrivateHostTest {
    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private String seenBefore = "";

    @BeforeEach
    void look() throws IOException {
        seenBefore = namespaces("thread-self");
    }

    @RootTest
    void mountsStayInside() throws Exception {
        linux.mount("tmpfs", dir, "tmpfs", EnumSet.of(MountFlag.NOSUID), "size=64k");

        assertThat(mounts("thread-self")).contains(" " + dir + " ");
        assertThat(mounts("self")).doesNotContain(dir.toString());
    }

    @RootTest
    void theNetworkIsEmpty() throws Exception {
        assertThat(Files.readString(Path.of("/proc/thread-self/net/dev"))
                        .lines()
                        .skip(2))
                .singleElement()
                .asString()
                .contains("lo:");
    }

    @RootTest
    void setUpRunsInTheSameNamespaces() throws Exception {
        assertOwnNamespaces();
        assertThat(seenBefore).isEqualTo(namespaces("thread-self"));
    }

    @RootTest
    void thePrefixIsEmptyAndOwn() throws Exception {
        Path prefix = Path.of(System.getenv("JVZ_PREFIX"));

        assertThat(prefix).isEmptyDirectory();
        assertThat(mounts("thread-self")).contains(" " + prefix + " ");
        assertThat(mounts("self")).doesNotContain(prefix.toString());
    }

    @PrivateHost
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void invocationsOfATemplateEachHaveTheirOwn(int number) throws Exception {
        assertOwnNamespaces();
        Path file = Path.of(System.getenv("JVZ_PREFIX"), "file");
        assertThat(file).doesNotExist();
        Files.writeString(file, "of " + number);
    }

    @PrivateHost
    @TestFactory
    Stream<DynamicTest> dynamicTestsShareOne() {
        return Stream.of(DynamicTest.dynamicTest("inside", this::assertOwnNamespaces));
    }

    private void assertOwnNamespaces() throws IOException {
        for (String kind : new String[] {"mnt", "net", "uts", "ipc"}) {
            assertThat(namespace("thread-self", kind)).isNotEqualTo(namespace("self", kind));
        }
        assertThat(namespace("thread-self", "pid")).isEqualTo(namespace("self", "pid"));
    }

    private static String namespaces(String process) throws IOException {
        return namespace(process, "mnt") + namespace(process, "net") + namespace(process, "uts");
    }

    private static String namespace(String process, String kind) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns", kind)).toString();
    }

    private static String mounts(String process) throws IOException {
        return Files.readString(Path.of("/proc", process, "mountinfo"));
    }
}
