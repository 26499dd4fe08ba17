package org.jvz.runtime.linux;

import java.util.Locale;

/** The machine this JVM runs on. Only what differs between machines is asked here: call numbers, a few flag bits, the spawn stub. */
public enum Arch {
    X86_64,
    AARCH64;

    /**
     * The running machine.
     *
     * @throws UnsupportedOperationException on any other machine, with its name
     */
    public static Arch host() {
        return Holder.HOST;
    }

    /** What the JVM calls the machine ({@code os.arch}) as an {@code Arch}. */
    static Arch of(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default -> throw new UnsupportedOperationException("jvz runs on x86-64 and aarch64, not on " + osArch);
        };
    }

    private static final class Holder {
        static final Arch HOST = of(System.getProperty("os.arch", "unknown"));
    }
}
