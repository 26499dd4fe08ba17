package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;

/** A keeper that waits, in our memory, while what it has cloned is on its way or runs already. */
final class KeptSpawning {
    private final Linux linux;
    private final CallList list;
    private final Fd keeper;
    private final Duration limit;
    private boolean done;

    KeptSpawning(Linux linux, CallList list, Fd keeper, Duration limit) {
        this.linux = linux;
        this.list = list;
        this.keeper = keeper;
        this.limit = limit;
    }

    /** Lets it execute its program, and waits until it has. */
    void keep() throws IOException {
        Keeping keeping = Objects.requireNonNull(list.keeping());
        keeping.open();
        if (!Spawning.awaitLeft(list.first(), limit)) {
            throw new SpawnException("keeper: execute", "", "not done after " + limit.toSeconds() + " s");
        }
        SpawnException failure = list.failure();
        if (failure != null) {
            throw failure;
        }
        if (!keeping.executed()) {
            throw new SpawnException("keeper: execute", "", "killed");
        }
        done = true;
        keeper.close();
        list.free();
    }

    /** Kills a keeper that was not told to keep. */
    void dismiss() throws IOException {
        if (done) {
            return;
        }
        done = true;
        if (Spawning.end(linux, list.first(), keeper, true)) {
            list.free();
        } else {
            list.abandon();
        }
    }
}
