package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MmdebstrapBuildTest {
    private final List<String> warnings = new ArrayList<>();

    private List<String> debLines(String... targets) {
        TemplateEvents events = new TemplateEvents() {
            @Override
            public void stage(Stage stage, String object) {}

            @Override
            public void warning(String text) {
                warnings.add(text);
            }
        };
        return MmdebstrapBuild.debLines("bookworm", String.join("\n", targets), events);
    }

    @Test
    void takesTheHostsSourcesOfTheRelease() {
        assertThat(debLines(
                        "http://mirror.example/debian/|bookworm|main",
                        "http://mirror.example/debian/|bookworm|contrib",
                        "http://mirror.example/debian/|bookworm-updates|main",
                        "https://mirror.example/security/|bookworm-security|main",
                        "http://mirror.example/debian/|bookworm-backports|main",
                        "http://mirror.example/debian/|trixie|main"))
                .containsExactly(
                        "deb http://mirror.example/debian/ bookworm contrib main",
                        "deb http://mirror.example/debian/ bookworm-updates main",
                        "deb https://mirror.example/security/ bookworm-security main");
    }

    @Test
    void leavesOutWhatIsNotDebian() {
        assertThat(debLines(
                        "https://vendor.example/linux/debian/|bookworm|stable",
                        "http://mirror.example/debian/|bookworm|main",
                        "garbage"))
                .containsExactly("deb http://mirror.example/debian/ bookworm main");
    }

    @Test
    void neverPutsAPasswordOrAPathOfTheHostIntoATemplate() {
        assertThat(debLines(
                        "https://user:secret@mirror.example/debian/|bookworm|main",
                        "file:/srv/mirror/|bookworm|main",
                        "cdrom:[Debian]/|bookworm|main"))
                .isEmpty();
        assertThat(warnings).hasSize(1).allMatch(warning -> !warning.contains("secret"));
    }

    @Test
    void takesDebiansOwnIfTheHostHasOnlyUpdates() {
        assertThat(debLines("http://mirror.example/debian/|bookworm-updates|main"))
                .isEmpty();
        assertThat(debLines("")).isEmpty();
    }
}
