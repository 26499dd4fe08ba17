package org.jvz.runtime.guest;

import java.util.List;

/** A guest whose files are its own affair. */
final class UnmanagedGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of();
    }

    @Override
    List<NetworkFiles> networkFiles() {
        return List.of();
    }

    @Override
    List<FileEdit> dns(GuestNetwork network) {
        return List.of();
    }

    @Override
    List<String> crontabs() {
        return List.of();
    }

    @Override
    List<FileEdit> fresh(long seed) {
        return List.of();
    }

    @Override
    boolean hasResolvConf() {
        return false;
    }
}
