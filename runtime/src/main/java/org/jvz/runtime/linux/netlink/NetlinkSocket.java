package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;

/**
 * A socket to the kernel's routing subsystem, netlink(7) and rtnetlink(7). It speaks for the network namespace it was opened in, whichever
 * thread uses it. One user at a time.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    /** Fail if the object exists. */
    static final int EXCLUSIVE = 0x200 | 0x400;
    /** Change the object or make it. */
    static final int REPLACE = 0x100 | 0x400;
    /** The kernel fills at most 32 KiB at a time. */
    private static final int BUFFER = 1 << 16;
    /** A dump during which something changed is asked for again, but not for ever. */
    private static final int DUMP_ATTEMPTS = 10;

    private final Linux linux;
    private final Fd fd;
    private final byte[] buffer = new byte[BUFFER];
    private int sequence;

    private NetlinkSocket(Linux linux, Fd fd) {
        this.linux = linux;
        this.fd = fd;
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static NetlinkSocket open(Linux linux) throws IOException {
        Fd fd = linux.socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, "rtnetlink");
        try {
            // Connected to the kernel (port 0) it takes messages from nobody else: root of a VE can send us some in the
            // VE's namespace.
            byte[] kernel = new byte[12];
            kernel[0] = AF_NETLINK;
            linux.connect(fd, kernel);
            linux.setSocketOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
            linux.setSocketOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
            linux.setSocketOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
            return new NetlinkSocket(linux, fd);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /** Opens a socket in another network namespace. A thread that lives for this only enters it; the caller's namespace stays. */
    public static NetlinkSocket openIn(Linux linux, Fd namespace) throws IOException {
        Opener opener = new Opener(linux, namespace);
        opener.start();
        boolean interrupted = false;
        while (opener.isAlive()) {
            try {
                opener.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return opener.result();
    }

    private static final class Opener extends Thread {
        private final Linux linux;
        private final Fd namespace;
        private @Nullable NetlinkSocket socket;
        private @Nullable IOException failure;

        Opener(Linux linux, Fd namespace) {
            super("netlink in " + namespace);
            this.linux = linux;
            this.namespace = namespace;
        }

        @Override
        public void run() {
            try {
                linux.setNamespace(namespace, EnumSet.of(CloneFlag.NEWNET));
                socket = open(linux);
            } catch (IOException e) {
                failure = e;
            }
        }

        NetlinkSocket result() throws IOException {
            NetlinkSocket opened = socket;
            if (opened != null) {
                return opened;
            }
            throw new IOException("Unable to enter network namespace " + namespace, failure);
        }
    }

    /**
     * Makes a request and waits until the kernel did it.
     *
     * @param request what is asked for and on which object, for the error message
     */
    void request(NlMessage message, int flags, String request) throws IOException {
        exchange(message, flags | NLM_F_ACK, request, new ArrayList<>());
    }

    /** Asks for one object. */
    NlMessage get(NlMessage message, String request) throws IOException {
        List<NlMessage> answers = new ArrayList<>(1);
        exchange(message, NLM_F_ACK, request, answers);
        if (answers.size() != 1) {
            throw new MalformedMessageException(request + ": " + answers.size() + " answers");
        }
        return answers.get(0);
    }

    /** Asks for all objects that match, as they were at one moment. */
    List<NlMessage> dump(NlMessage message, String request) throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            List<NlMessage> answers = new ArrayList<>();
            if (exchange(message, NLM_F_DUMP, request, answers)) {
                return answers;
            }
        }
        throw new IOException(request + ": changed " + DUMP_ATTEMPTS + " times while it was read");
    }

    /** Returns whether the answers are consistent. */
    private boolean exchange(NlMessage message, int flags, String request, List<NlMessage> answers) throws IOException {
        int number = ++sequence;
        byte[] bytes = message.encode(flags | NLM_F_REQUEST, number);
        int written = linux.write(fd, bytes, 0, bytes.length);
        if (written != bytes.length) {
            throw new IOException(request + ": sent only " + written + " of " + bytes.length + " bytes");
        }
        boolean consistent = true;
        while (true) {
            int length = linux.receive(fd, buffer);
            if (length > buffer.length) {
                throw new IOException(request + ": an answer of " + length + " bytes");
            }
            int at = 0;
            while (length - at >= NlMessage.HEADER) {
                int size = (int) NlBuffer.number(buffer, at, 4);
                int type = (int) NlBuffer.number(buffer, at + 4, 2);
                int bits = (int) NlBuffer.number(buffer, at + 6, 2);
                if (size < NlMessage.HEADER || size > length - at) {
                    throw new MalformedMessageException(request + ": answer of " + size + " bytes in " + (length - at));
                }
                // What does not answer this request is left over from one that failed half-way.
                if ((int) NlBuffer.number(buffer, at + 8, 4) == number) {
                    consistent &= (bits & NLM_F_DUMP_INTR) == 0;
                    if (type == NLMSG_ERROR || type == NLMSG_DONE) {
                        finish(request, type, bits, at, size);
                        return consistent;
                    }
                    answers.add(NlMessage.decode(message.kind(), type, buffer, at + NlMessage.HEADER, at + size));
                }
                at += NlBuffer.aligned(size);
            }
        }
    }

    /** Throws unless the number at the head of the last message is 0. */
    private void finish(String request, int type, int bits, int at, int size) throws IOException {
        int body = at + NlMessage.HEADER;
        int end = at + size;
        int error = end - body < 4 ? 0 : (int) NlBuffer.number(buffer, body, 4);
        if (error == 0) {
            return;
        }
        String explanation = null;
        if ((bits & NLM_F_ACK_TLVS) != 0) {
            int tlvs = body + 4;
            if (type == NLMSG_ERROR) {
                // The request comes back first: whole, or its header only.
                int echoed = (bits & NLM_F_CAPPED) != 0 ? NlMessage.HEADER : (int) NlBuffer.number(buffer, tlvs, 4);
                tlvs += NlBuffer.aligned(echoed);
            }
            if (tlvs <= end) {
                explanation = Attributes.decode(Tables.ERROR, buffer, tlvs, end).text(Tables.ERROR_TEXT);
            }
        }
        throw new NetlinkException(request, new Errno(-error), explanation);
    }

    @Override
    public void close() {
        fd.close();
    }
}
