package org.jvz.runtime.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.StandardCharsets;

/**
 * A shared library whose functions take up to two arguments, each a number or an address, as does what they return. An interface that
 * jnr-ffi implements would be nicer to call, but making it takes longer than most commands; only packages below {@code linux} use this.
 */
public final class NativeLibrary {
    private static final Invoker INVOKER = Invoker.getInstance();
    // A surplus argument does no harm, so one shape is enough.
    private static final CallContext TWO = CallContext.getCallContext(
            Type.SLONG, new Type[] {Type.SLONG, Type.SLONG}, CallingConvention.DEFAULT, false);

    private final String name;
    private final Library library;

    private NativeLibrary(String name, Library library) {
        this.name = name;
        this.library = library;
    }

    /**
     * Loads a library, dlopen(3).
     *
     * @throws UnsatisfiedLinkError if it cannot be loaded
     */
    public static NativeLibrary load(String name) {
        Library library = Library.getCachedInstance(name, Library.LAZY | Library.LOCAL);
        if (library == null) {
            throw new UnsatisfiedLinkError(name + ": " + Library.getLastError());
        }
        return new NativeLibrary(name, library);
    }

    /**
     * The address of a function.
     *
     * @throws UnsatisfiedLinkError if the library has none of this name
     */
    public long function(String function) {
        long address = library.getSymbolAddress(function);
        if (address == 0) {
            throw new UnsatisfiedLinkError(name + " has no " + function);
        }
        return address;
    }

    /** Calls a function. Of a result that is an {@code int}, only the lower half means something. */
    public static long call(long function, long first, long second) {
        return INVOKER.invokeN2(TWO, function, first, second);
    }

    /** A copy of the C string at an address, empty at 0. */
    public static String text(long address) {
        return address == 0
                ? ""
                : new String(MemoryIO.getInstance().getZeroTerminatedByteArray(address), StandardCharsets.UTF_8);
    }
}
