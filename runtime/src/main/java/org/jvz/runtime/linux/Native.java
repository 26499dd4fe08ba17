package org.jvz.runtime.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * The raw door to the kernel: libc's syscall(2) through jffi. Only {@code linux} and {@code linux.spawn} go through it; all others use
 * {@link Linux}. Loading this class loads jffi's library.
 */
public final class Native {
    private static final Arch ARCH = Arch.host();
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final long SYSCALL =
            Library.getCachedInstance("libc.so.6", Library.LAZY).getSymbolAddress("syscall");
    // syscall(2) takes the number and up to six arguments. Surplus arguments do no harm, so two shapes are enough.
    private static final CallContext SIX = context(6);

    private Native() {}

    private static CallContext context(int parameters) {
        Type[] types = new Type[parameters];
        for (int i = 0; i < parameters; i++) {
            types[i] = Type.SLONG;
        }
        return CallContext.getCallContext(Type.SLONG, types, CallingConvention.DEFAULT, true);
    }

    private static final class Seven {
        static final CallContext CONTEXT = context(7);
    }

    /** Makes the call with up to five arguments. Returns the kernel's result: negative is an error number. */
    public static long call(SystemCall call, long a0, long a1, long a2, long a3, long a4) {
        long result = INVOKER.invokeN6(SIX, SYSCALL, call.number(ARCH), a0, a1, a2, a3, a4);
        // Nothing may come between the call and this: libc's errno belongs to the thread's last call.
        return result == -1 ? -LAST_ERROR.get() : result;
    }

    /** Makes the call with six arguments. */
    public static long call(SystemCall call, long a0, long a1, long a2, long a3, long a4, long a5) {
        HeapInvocationBuffer arguments = new HeapInvocationBuffer(Seven.CONTEXT);
        arguments.putLong(call.number(ARCH));
        arguments.putLong(a0);
        arguments.putLong(a1);
        arguments.putLong(a2);
        arguments.putLong(a3);
        arguments.putLong(a4);
        arguments.putLong(a5);
        long result = INVOKER.invokeLong(Seven.CONTEXT, SYSCALL, arguments);
        return result == -1 ? -LAST_ERROR.get() : result;
    }

    public static long call(SystemCall call, long a0, long a1, long a2, long a3) {
        return call(call, a0, a1, a2, a3, 0);
    }

    public static long call(SystemCall call, long a0, long a1, long a2) {
        return call(call, a0, a1, a2, 0, 0);
    }

    public static long call(SystemCall call, long a0, long a1) {
        return call(call, a0, a1, 0, 0, 0);
    }

    public static long call(SystemCall call, long a0) {
        return call(call, a0, 0, 0, 0, 0);
    }

    /** Calls machine code at {@code address} with one argument in the C way. */
    public static long enter(long address, long argument) {
        return INVOKER.invokeN1(One.CONTEXT, address, argument);
    }

    private static final class One {
        // No errno: nothing of libc may run between the code's return and the JVM.
        static final CallContext CONTEXT =
                CallContext.getCallContext(Type.SLONG, new Type[] {Type.SLONG}, CallingConvention.DEFAULT, false);
    }

    /** A descriptor that the kernel just gave this process. */
    public static Fd owned(long number, String label) {
        return new Fd((int) number, label, Native::close);
    }

    /** Closes a descriptor number. EINTR means closed, too, on Linux: never repeat. */
    static void close(int fd) {
        call(SystemCall.CLOSE, fd);
    }

    /** The exception for {@code result}, a negative error number; {@code arguments} are rendered as messages show them. */
    static SyscallException failure(long result, String call, @org.jspecify.annotations.Nullable Object... arguments) {
        return new SyscallException(call, SyscallText.of(arguments), new Errno((int) -result));
    }
}
