/**
 * The commands: {@code vzctl} ({@link org.jvz.cli.Vzctl}) and {@code vzlist} ({@link org.jvz.cli.Vzlist}).
 *
 * <p>This package owns the command lines, the words and the exit statuses of vzctl's contract; what the commands do is
 * owned by {@code org.jvz.runtime.ve}. It reads arguments with its own small GNU-style reader and keeps classes that a
 * command does not need from being loaded, because a command lives for some tens of milliseconds (ADR 0006).
 */
@org.jspecify.annotations.NullMarked
package org.jvz.cli;
