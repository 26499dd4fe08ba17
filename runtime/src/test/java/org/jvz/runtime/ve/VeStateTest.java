package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VeStateTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"/vz/root/101", "/a \"b\"\\c", "/ünï/\t", ""})
    void whatIsWrittenIsRead(String root) throws IOException {
        Path file = dir.resolve("101.json");
        VeState state = new VeState(4711, 9_876_543_210L, 4_294_000_000L, root);
        state.write(file);
        assertThat(VeState.read(file)).isEqualTo(state);
    }

    @Test
    void settingsAreKept() throws IOException {
        Path file = dir.resolve("101.json");
        for (Map<String, String> settings :
                List.of(Map.of("a", "b"), Map.of("a", "", "b", "1 2:3"), Map.of("a", "\"", "b", "\\", "c", "},{"))) {
            VeState state = new VeState(1, 2, 3, "/r", settings);
            state.write(file);
            assertThat(VeState.read(file)).isEqualTo(state);
            assertThat(state.with(Map.of())).isEqualTo(new VeState(1, 2, 3, "/r"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
            {"initPid":1,"initStart":2,"idBase":3,"root":"/r"}
            { "initPid" : 1, "initStart": 2, "idBase" :3, "root": "/r" }
            {"root":"/r","new":[{"initPid":9}],"idBase":3,"initStart":2,"initPid":1}
            {"initPid":1,"initStart":2,"idBase":3,"root":"/r","later":"x"}
            {"initPid":1,"initStart":2,"idBase":3,"root":"/r"}\s
            {"initPid":1,"initStart":2,"idBase":3,"root":"/r","settings":{}}
            {"initPid":1,"initStart":2,"idBase":3,"root":"/r","settings":{ }}
            """)
    void otherFormsOfTheSameAreRead(String text) throws IOException {
        Path file = Files.writeString(dir.resolve("x.json"), text);
        assertThat(VeState.read(file)).isEqualTo(new VeState(1, 2, 3, "/r"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"initPid\":99999999999,\"initStart\":2,\"idBase\":3,\"root\":\"/r\"}", "[1}"})
    void aBrokenFileIsNamed(String text) throws IOException {
        Path file = Files.writeString(dir.resolve("x.json"), text);
        assertThatThrownBy(() -> VeState.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void noFileIsNoState() throws IOException {
        assertThat(VeState.read(dir.resolve("none"))).isNull();
    }
}
