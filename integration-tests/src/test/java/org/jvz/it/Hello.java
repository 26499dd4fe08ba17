package org.jvz.it;

/** The least a JVM can do; what commands are measured against. */
public final class Hello {
    private Hello() {}

    public static void main(String[] args) {
        System.out.println("hello");
    }
}
