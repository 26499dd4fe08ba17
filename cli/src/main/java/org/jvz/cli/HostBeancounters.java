package org.jvz.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WinSize;
import org.jvz.runtime.ve.PublishCounters;
import org.jvz.runtime.ve.VeHost;

/** This host, as vzubc and vzproc look at it. */
final class HostBeancounters implements Vzubc.Surroundings {
    private @Nullable Linux linux;

    @Override
    public boolean isRoot() throws IOException {
        return ProcessOwner.isRoot();
    }

    @Override
    public String resources(HostPaths paths) throws IOException {
        return publish(paths).resources();
    }

    static PublishCounters.Published publish(HostPaths paths) throws IOException {
        return new PublishCounters(host(paths)).run();
    }

    /** The host, be it without a vz.conf. */
    static VeHost host(HostPaths paths) throws IOException {
        VzConf conf;
        try {
            conf = VzConf.read(paths);
        } catch (NoSuchFileException none) {
            conf = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        }
        return new VeHost(conf, null, false);
    }

    @Override
    public InputStream input() {
        return System.in;
    }

    @Override
    public @Nullable WinSize terminal() {
        Linux port = linux;
        if (port == null) {
            port = new JffiLinux();
            linux = port;
        }
        try {
            return port.winSize(Fd.STDOUT);
        } catch (SyscallException noTerminal) {
            return null;
        }
    }

    @Override
    public boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
