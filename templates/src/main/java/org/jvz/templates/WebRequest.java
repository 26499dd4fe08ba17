package org.jvz.templates;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Map;
import java.util.Set;

/** A request to a web server. Redirects are followed here, for {@link HttpURLConnection} follows none from http to https. */
final class WebRequest {
    private static final int CONNECT_MILLIS = 15_000;
    private static final int READ_MILLIS = 60_000;
    private static final int REDIRECTS_MAX = 5;
    /** 301, 302, 303, 307 and 308; the two last ones have no name in {@link HttpURLConnection}. */
    private static final Set<Integer> REDIRECTS = Set.of(
            HttpURLConnection.HTTP_MOVED_PERM,
            HttpURLConnection.HTTP_MOVED_TEMP,
            HttpURLConnection.HTTP_SEE_OTHER,
            307,
            308);

    private WebRequest() {}

    /**
     * Sends a request without a body, with these headers, and waits for the head of the answer.
     *
     * @throws IOException if the server cannot be reached, or it leads to a sixth place, or from https to another protocol
     */
    static HttpURLConnection send(URL address, String method, Map<String, String> headers) throws IOException {
        URL url = address;
        for (int redirects = 0; ; redirects++) {
            HttpURLConnection connection = connect(url, method, headers);
            boolean redirected = REDIRECTS.contains(status(connection));
            String location = connection.getHeaderField("Location");
            if (!redirected || location == null) {
                return connection;
            }
            connection.disconnect();
            if (redirects == REDIRECTS_MAX) {
                throw new IOException(address + ": the server redirects more than " + REDIRECTS_MAX + " times");
            }
            url = target(url, location);
        }
    }

    /** The status of the answer; what the network itself says names no address. */
    private static int status(HttpURLConnection connection) throws IOException {
        try {
            return connection.getResponseCode();
        } catch (IOException e) {
            throw new IOException(connection.getURL() + " cannot be reached", e);
        }
    }

    private static HttpURLConnection connect(URL url, String method, Map<String, String> headers) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        connection.setRequestProperty("User-Agent", "jvz");
        connection.setRequestProperty("Accept-Encoding", "identity");
        headers.forEach(connection::setRequestProperty);
        return connection;
    }

    /** Where an answer leads: no more than a web server may, and never out of what is encrypted. */
    private static URL target(URL from, String location) throws IOException {
        URL to;
        try {
            to = new URL(from, location);
        } catch (MalformedURLException e) {
            throw new IOException(from + ": the server redirects to " + location + ", which is no address", e);
        }
        boolean follows = to.getProtocol().equals("https")
                || (to.getProtocol().equals("http") && from.getProtocol().equals("http"));
        if (!follows) {
            throw new IOException(from + ": the server redirects to " + to + ", which is not followed: from "
                    + from.getProtocol() + " to " + to.getProtocol());
        }
        return to;
    }
}
