package org.jvz.runtime.ve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleKeysTest {
    /** E stands for ESC, R for CR; in the answer ! for attention and # for detach. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            E.      | #
            E!      | !
            E!E!E.  | !!#
            abc     | abc
            aE.b    | aE.b
            aRE.b   | aR#
            aNE.b   | aN#
            E[A     | E[A
            EE.     | EE.
            aRE!b   | aR!b
            E!E[A   | !E[A
            RER.    | RER.
            REREE.  | REREE.
            """)
    void typed(String typed, String becomes) {
        ConsoleKeys keys = new ConsoleKeys();
        StringBuilder all = new StringBuilder();
        for (byte key :
                typed.replace('E', '\033').replace('R', '\r').replace('N', '\n').getBytes(ISO_8859_1)) {
            ByteArrayOutputStream forVe = new ByteArrayOutputStream();
            ConsoleKeys.Wish wish = keys.take(key, forVe);
            all.append(forVe.toString(ISO_8859_1));
            if (wish == ConsoleKeys.Wish.DETACH) {
                all.append('#');
                break;
            }
            all.append(wish == ConsoleKeys.Wish.ATTENTION ? "!" : "");
        }
        assertThat(all.toString().replace('\033', 'E').replace('\r', 'R').replace('\n', 'N'))
                .isEqualTo(becomes);
    }
}
