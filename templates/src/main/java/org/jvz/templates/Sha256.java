package org.jvz.templates;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that templates are known by. */
final class Sha256 {
    private Sha256() {}

    /** A fresh SHA-256. */
    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Lower-case hexadecimal digits of {@code bytes}. */
    static String hex(byte[] bytes) {
        char[] hex = new char[bytes.length * 2];
        for (int i = 0; i < bytes.length; i++) {
            hex[2 * i] = Character.forDigit((bytes[i] >> 4) & 15, 16);
            hex[2 * i + 1] = Character.forDigit(bytes[i] & 15, 16);
        }
        return new String(hex);
    }
}
