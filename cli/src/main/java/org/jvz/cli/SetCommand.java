package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Samples;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.SetOptions;
import org.jvz.runtime.ve.SetOptions.UserPassword;
import org.jvz.runtime.ve.SetOptions.WhenRestartNeeded;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** {@code set}: section 4 of vzctl's contract. */
final class SetCommand implements Command {
    private static final int SYNTAX = VzError.INVALID_SYNTAX.exitStatus();

    private final GivenSettings settings = new GivenSettings();
    private final List<UserPassword> passwords = new ArrayList<>();
    private boolean save;
    private boolean force;
    private boolean resetUb;
    private boolean offlineResize;
    private boolean relinkName;
    private boolean skipArpDetect;
    private WhenRestartNeeded whenRestartNeeded = WhenRestartNeeded.WARN;
    private @Nullable String sample;
    private int optionsRead;

    @Override
    public void parse(String[] args, int from) throws UsageException {
        OptionReader reader = new OptionReader("vzctl", Options.set(), args, from, VzError.INVALID_VALUE.exitStatus());
        while (reader.next()) {
            optionsRead++;
            if (!settings.take(reader)) {
                takeOwn(reader);
            }
        }
        Commands.requireNoOperands(reader);
        checkTogether();
        if (!save) {
            requireSave();
        }
    }

    private void takeOwn(OptionReader reader) throws UsageException {
        String value = reader.value();
        switch (reader.name()) {
            case "save" -> save = true;
            case "force" -> force = true;
            case "reset_ub" -> resetUb = true;
            case "offline-resize" -> offlineResize = true;
            case "skip_arpdetect" -> skipArpDetect = true;
            case "setmode" ->
                whenRestartNeeded = switch (value) {
                    case "restart" -> WhenRestartNeeded.RESTART;
                    case "ignore" -> WhenRestartNeeded.REFUSE;
                    default -> throw GivenSettings.bad(reader, value);
                };
            case "applyconfig" -> sample = value;
            case "applyconfig_map" -> {
                if (!value.equals("name")) {
                    throw GivenSettings.bad(reader, value);
                }
                relinkName = true;
            }
            case "userpasswd" -> passwords.add(userPassword(reader));
            default -> throw new IllegalStateException(reader.shown());
        }
    }

    private static UserPassword userPassword(OptionReader reader) throws UsageException {
        String value = reader.value();
        int colon = value.indexOf(':');
        boolean lines = value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0;
        if (colon <= 0 || lines || value.charAt(0) == '-') {
            // The password stays out of messages and logs.
            throw GivenSettings.bad(reader, colon < 0 ? value : value.substring(0, colon + 1) + "*");
        }
        return new UserPassword(value.substring(0, colon), value.substring(colon + 1));
    }

    private void checkTogether() throws UsageException {
        if (resetUb && optionsRead > 1) {
            throw syntax("Error: option --reset_ub is exclusive");
        }
        if (offlineResize && !settings.has(ConfKey.DISKSPACE)) {
            throw syntax("Error: option --offline-resize can only be used with --diskspace");
        }
    }

    private void requireSave() throws UsageException {
        if (settings.has(ConfKey.NAME)) {
            throw new UsageException(
                    VzError.SET_NAME.exitStatus(), "Error: unable to use --name option without --save");
        }
        if (settings.has(ConfKey.OSTEMPLATE)) {
            throw syntax("Error: unable to use --ostemplate option without --save");
        }
        if (settings.has(ConfKey.STOP_TIMEOUT)) {
            throw syntax("Error: unable to use --stop-timeout option without --save");
        }
        if (force) {
            throw syntax("Error: --force is useless without --save");
        }
        if (whenRestartNeeded == WhenRestartNeeded.RESTART) {
            throw syntax("Error: --setmode restart doesn't make sense without --save flag");
        }
    }

    private static UsageException syntax(String message) {
        return new UsageException(SYNTAX, message);
    }

    @Override
    public int run(Call call) throws IOException, UsageException {
        if (call.id().value() == 0) {
            checkForHost();
        }
        if (resetUb) {
            call.operations().resetLimits(call.id(), call.output());
            return 0;
        }
        if (offlineResize) {
            call.output().say(0, "Warning: option --offline-resize only makes sense for a ploop CT");
        }
        try {
            SetOptions options = new SetOptions(
                    conf -> edited(conf, call.paths()),
                    asked(call.paths()),
                    save,
                    force,
                    whenRestartNeeded,
                    relinkName,
                    skipArpDetect,
                    passwords);
            call.operations().set(call.id(), options, events(call.output()));
            return 0;
        } catch (VeException e) {
            call.output().failure(e);
            if (save && e.error() != VzError.LOCKED) {
                call.output().say(-1, Words.APPLY_FAILED);
            }
            return e.error().exitStatus();
        }
    }

    /** A VE that was started for a password is killed right away, and vzctl does not call that stopping. */
    private VeEvents events(Output output) {
        if (passwords.isEmpty() || whenRestartNeeded == WhenRestartNeeded.RESTART) {
            return output;
        }
        return event -> {
            if (event.kind() != VeEvent.Kind.STOPPING) {
                output.event(event);
            }
        };
    }

    /** CT 0 is the host: it has a weight and counters, and nothing else that a VE has. */
    private void checkForHost() throws UsageException {
        for (ConfKey<?> key : settings.keys()) {
            boolean allowed =
                    key == ConfKey.CPUUNITS || key.options().get(0).argument().contains("[:");
            if (!allowed || key == ConfKey.DISKSPACE || key == ConfKey.DISKINODES) {
                throw new UsageException(
                        VzError.INVALID_VALUE.exitStatus(),
                        "Option --" + key.options().get(0).name() + " can not be used for CT0");
            }
        }
        if (!passwords.isEmpty() || sample != null || relinkName) {
            throw new UsageException(
                    VzError.INVALID_VALUE.exitStatus(), "Only limits and --cpuunits can be set for CT0");
        }
    }

    private EditResult edited(VeConf conf, HostPaths paths) throws IOException {
        VeConf base = conf;
        if (sample != null) {
            base = Samples.apply(conf, ConfFile.read(sampleFile(sample, paths)), sample);
        }
        EditResult edit = settings.apply(base);
        return new EditResult(conf, edit.after(), edit.drop());
    }

    /** The keys this command is about, those of the sample included. */
    private List<ConfKey<?>> asked(HostPaths paths) throws IOException {
        List<ConfKey<?>> asked = new ArrayList<>(settings.keys());
        if (sample != null) {
            for (String name : ConfFile.read(sampleFile(sample, paths)).keys()) {
                ConfKey<?> key = ConfKey.named(name);
                if (key != null && !asked.contains(key)) {
                    asked.add(key);
                }
            }
        }
        return asked;
    }

    private static Path sampleFile(String sample, HostPaths paths) {
        Path file = Samples.path(paths, sample);
        if (file == null || !Files.exists(file)) {
            throw new VeException(
                    VzError.APPLY_CONFIG, "Sample config file not found: " + (file == null ? sample : file));
        }
        return file;
    }
}
