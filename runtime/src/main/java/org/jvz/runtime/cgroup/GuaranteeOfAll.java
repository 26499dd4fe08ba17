package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The guarantees of memory of the common parent on v2. A cgroup's guarantee counts no more than its parent's
 * (cgroup-v2.rst, "memory.low"), so the parent gets the sum of its children's; not more, for where cgroup2 is mounted with
 * {@code memory_recursiveprot} it would be given away among the VEs.
 */
final class GuaranteeOfAll {
    private final InterfaceFiles files;
    private final Path parent;

    GuaranteeOfAll(InterfaceFiles files, Path parent) {
        this.files = files;
        this.parent = parent;
    }

    /**
     * Makes the parent's the sum of its children's.
     *
     * @param name {@code memory.low} or {@code memory.min}
     */
    void settle(String name) throws IOException {
        Path file = parent.resolve(name);
        if (!files.exists(file)) {
            return;
        }
        // Two that settle at once would each miss what the other sets next.
        InterfaceFiles.Lock lock = files.lock(parent);
        try {
            long sum = 0;
            for (Path child : files.children(parent)) {
                sum += bytes(files.read(child.resolve(name)));
                if (sum < 0) {
                    sum = LimitValues.NONE;
                }
            }
            String value = KnobValue.amount(sum, true);
            if (!value.equals(files.read(file))) {
                files.write(file, value);
            }
        } finally {
            lock.close();
        }
    }

    private static long bytes(@Nullable String text) {
        return text == null ? 0 : text.equals("max") ? LimitValues.NONE : Long.parseLong(text);
    }
}
