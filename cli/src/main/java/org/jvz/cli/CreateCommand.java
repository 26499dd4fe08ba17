package org.jvz.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.CreateOptions;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** {@code create}: takes whatever {@code set} takes for the configuration, saved and not applied. */
final class CreateCommand implements Command {
    private static final String FAILED = "Creation of container private area failed";

    private final GivenSettings settings = new GivenSettings();
    private @Nullable String sample;
    private @Nullable String ostemplate;

    @Override
    public void parse(String[] args, int from) throws UsageException {
        OptionReader reader =
                new OptionReader("vzctl", Options.create(), args, from, VzError.INVALID_VALUE.exitStatus());
        while (reader.next()) {
            if (reader.name().equals("config")) {
                sample = reader.value();
            } else if (!settings.take(reader)) {
                throw new IllegalStateException(reader.shown());
            }
        }
        Commands.requireNoOperands(reader);
        if (settings.has(ConfKey.OSTEMPLATE)) {
            // The store is asked for the name as it was given.
            ostemplate = settings.last("ostemplate");
            settings.drop(ConfKey.OSTEMPLATE);
        }
    }

    @Override
    public int run(Call call) throws IOException {
        CreateOptions options = new CreateOptions(ostemplate, sample, this::edited);
        try {
            call.operations().create(call.id(), options, call.output());
            return 0;
        } catch (VeException e) {
            call.output().failure(e);
            call.output().say(-1, FAILED);
            return e.error().exitStatus();
        } catch (IOException e) {
            call.output().failure(new VeException(VzError.NEW_PRIVATE, Failures.message(e), e.getCause()));
            call.output().say(-1, FAILED);
            return VzError.NEW_PRIVATE.exitStatus();
        }
    }

    private VeConf edited(VeConf conf) {
        try {
            return settings.apply(conf).after();
        } catch (BadConfException e) {
            throw new VeException(VzError.INVALID_CONFIG, Failures.message(e));
        }
    }
}
