package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;

/** Section 9 of vzctl's contract, vztmpl-dl, against a directory and against a web server on the loopback device. */
class VztmplDlTest {
    private static final byte[] CONTENT =
            "an archive, as far as this program can tell".getBytes(StandardCharsets.UTF_8);
    private static final String MODIFIED = "Wed, 01 Jul 2026 10:00:00 GMT";

    @TempDir
    Path dir;

    private Harness host;
    private Path repository;
    private Path cache;
    private Path bin;
    private @Nullable HttpServer server;
    private @Nullable HttpsServer secure;
    private @Nullable Path gpgHome;
    private final List<String> requests = new ArrayList<>();
    private final Map<String, byte[]> served = new HashMap<>();
    private final Map<String, String> more = new HashMap<>();
    /** Where a path leads. */
    private final Map<String, String> redirects = new HashMap<>();
    /** After so many bytes the server breaks the connection off, -1 for never. */
    private int breakAfter = -1;

    @BeforeEach
    void host() throws IOException {
        host = new Harness(dir.resolve("host"));
        repository = Files.createDirectories(dir.resolve("repository"));
        cache = Files.createDirectories(dir.resolve("host/vz/template/cache"));
        bin = Files.createDirectories(dir.resolve("bin"));
        Files.write(repository.resolve("debian-12.tar.gz"), CONTENT);
        conf("TEMPLATE_REPOS=\"" + repository + "\"\n");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        if (secure != null) {
            secure.stop(0);
        }
    }

    private void conf(String text) throws IOException {
        Files.writeString(host.paths.etc().resolve("download.conf"), text);
    }

    private Result run(String... args) {
        Map<String, String> env = new HashMap<>(host.env());
        env.putAll(more);
        env.put("PATH", bin.toString());
        if (gpgHome != null) {
            env.put("GNUPGHOME", gpgHome.toString());
        }
        return Harness.capture((out, err) -> VztmplDl.run(args, env, out, err, false));
    }

    /** The server's address, without a last stroke. */
    private String serve() throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server = made;
        made.createContext("/", this::answer);
        made.start();
        served.put("/templates/debian-12.tar.gz", CONTENT);
        String address = "http://127.0.0.1:" + made.getAddress().getPort();
        conf("TMPL_REPO_PREFIX=\"" + address
                + "/templates\"\nTEMPLATE_REPOS=\"${TMPL_REPO_PREFIX}/none $TMPL_REPO_PREFIX\"\n");
        return address;
    }

    /** A server with a certificate that this JVM trusts from now on; the address. */
    private String serveSecurely() throws Exception {
        Path store = dir.resolve("keys.p12");
        char[] password = "changeit".toCharArray();
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(password))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("keytool").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), password);
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, password);
        // A store of a certificate without its key: one to trust.
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("mykey"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
        HttpsServer made = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure = made;
        made.setHttpsConfigurator(new HttpsConfigurator(context));
        made.createContext("/", this::answer);
        made.start();
        return "https://127.0.0.1:" + made.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestURI().getPath() + (range == null ? "" : " " + range));
            String location = redirects.get(exchange.getRequestURI().getPath());
            if (location != null) {
                exchange.getResponseHeaders().set("Location", location);
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            if (exchange.getRequestURI().getPath().startsWith("/broken/")) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            byte[] content = served.get(exchange.getRequestURI().getPath());
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Last-Modified", MODIFIED);
            exchange.getResponseHeaders().set("ETag", "\"" + content.length + "\"");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (range != null) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            OutputStream body = exchange.getResponseBody();
            if (breakAfter >= 0) {
                body.write(content, from, breakAfter);
                body.flush();
                return;
            }
            body.write(content, from, content.length - from);
        }
    }

    private Path program(String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private List<String> inCache() throws IOException {
        try (var files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void fetchesFromADirectoryOnceAndAgainWhenItIsNewer() throws IOException {
        Result first = run("debian-12");
        assertThat(first.err()).isEmpty();
        assertThat(first.status()).isZero();
        assertThat(inCache()).containsExactly("debian-12.tar.gz");
        assertThat(cache.resolve("debian-12.tar.gz")).hasBinaryContent(CONTENT);
        // Nothing is newer: nothing is done, and nothing said.
        assertThat(run("debian-12.tar.gz")).isEqualTo(new Result(0, "", ""));
        Files.writeString(repository.resolve("debian-12.tar.gz"), "newer");
        Result kept = run("--no-update", "debian-12");
        assertThat(kept.status()).isEqualTo(2);
        assertThat(kept.err())
                .isEqualTo("vztmpl-dl ERROR: file " + cache + "/debian-12.tar.gz is present, not updating.\n");
        assertThat(run("debian-12").status()).isZero();
        assertThat(cache.resolve("debian-12.tar.gz")).hasContent("newer");
    }

    @Test
    void whatIsNotThereOrNotAskedForRightly() throws IOException {
        assertThat(run("fedora-40").status()).isEqualTo(1);
        assertThat(run("fedora-40").err()).isEqualTo("vztmpl-dl ERROR: template fedora-40 not found!\n");
        assertThat(run("../../etc/passwd").status()).isEqualTo(1);
        assertThat(run().status()).isEqualTo(3);
        assertThat(run("--frob").err()).startsWith("vztmpl-dl ERROR: unknown option: --frob\nUsage:");
        assertThat(run("--frob").status()).isEqualTo(3);
        assertThat(run("--update-all", "x").status()).isEqualTo(3);
        Result others = run("--ignore-errors", "fedora-40", "debian-12");
        assertThat(others.status()).isZero();
        assertThat(others.err()).contains("WARNING", "  fedora-40");
        assertThat(inCache()).containsExactly("debian-12.tar.gz");
        conf("");
        assertThat(run("debian-12").err()).contains("set TEMPLATE_REPOS");
        conf("TEMPLATE_REPOS=\"ftp://127.0.0.1/x\"\n");
        assertThat(run("debian-12").status()).isEqualTo(1);
    }

    @Test
    void lists() throws IOException {
        Files.writeString(cache.resolve("old-1.tar.xz"), "");
        Files.writeString(repository.resolve("README"), "");
        Files.writeString(repository.resolve("arch.tar.xz"), "");
        assertThat(run("--list-local").out()).isEqualTo("old-1\n");
        assertThat(run("--list-remote").out()).isEqualTo("arch\ndebian-12\n");
        assertThat(run("--list-all").out()).isEqualTo("arch\ndebian-12\nold-1\n");
        assertThat(run("--list-orphans").out()).isEqualTo("old-1\n");
        assertThat(run("--config").out()).contains("$CHECK_TEMPLATE_SIG): no", "  " + repository);
        serve();
        served.put("/templates/.listing", "debian-12\ncentos-7\n\u001b[31m\n".getBytes(StandardCharsets.UTF_8));
        served.put("/templates/none/.listing", new byte[0]);
        assertThat(run("--list-remote").out()).isEqualTo("centos-7\ndebian-12\n");
    }

    @Test
    void fetchesFromAWebServerAndGoesOnAfterABreak() throws IOException {
        serve();
        breakAfter = 10;
        Result broken = run("debian-12");
        assertThat(broken.status()).isEqualTo(1);
        assertThat(broken.err()).startsWith("vztmpl-dl ERROR: ");
        assertThat(cache.resolve("debian-12.tar.gz")).doesNotExist();
        breakAfter = -1;
        requests.clear();
        assertThat(run("debian-12").status()).isZero();
        assertThat(requests).contains("GET /templates/debian-12.tar.gz bytes=10-");
        assertThat(cache.resolve("debian-12.tar.gz")).hasBinaryContent(CONTENT);
        assertThat(inCache()).containsExactly("debian-12.tar.gz");
        requests.clear();
        assertThat(run("debian-12")).isEqualTo(new Result(0, "", ""));
        assertThat(requests).noneMatch(request -> request.startsWith("GET"));
    }

    @Test
    void aRepositoryThatCannotBeAskedIsPassedOver() throws IOException {
        String address = serve();
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        String dead = "http://127.0.0.1:" + closed + "/x ftp://127.0.0.1/x " + address + "/broken";
        conf("TEMPLATE_REPOS=\"" + dead + " " + address + "/templates\"\n");
        assertThat(run("debian-12")).isEqualTo(new Result(0, "Downloading debian-12.tar.gz\n", ""));
        assertThat(cache.resolve("debian-12.tar.gz")).hasBinaryContent(CONTENT);
        // Asked once, not once for each suffix.
        assertThat(requests.stream().filter(request -> request.startsWith("HEAD /broken/")))
                .hasSize(1);
        Result none = run("fedora-40");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.err().lines())
                .startsWith("vztmpl-dl ERROR: template fedora-40 not found!")
                .anyMatch(line ->
                        line.startsWith("vztmpl-dl ERROR: http://127.0.0.1:" + closed + "/x could not be asked"))
                .contains("  because Connection refused")
                .anyMatch(line -> line.startsWith("vztmpl-dl ERROR: ftp://127.0.0.1/x could not be asked"))
                .anyMatch(line -> line.contains("/broken could not be asked") && line.contains("answered 503"))
                .hasSize(5);
        served.put("/templates/.listing", "debian-12\n".getBytes(StandardCharsets.UTF_8));
        Result listed = run("--list-remote");
        assertThat(listed.out()).isEqualTo("debian-12\n");
        assertThat(listed.err()).contains(address + "/broken could not be asked");
        // What is nowhere else is thrown away: not by half an answer.
        assertThat(run("--list-orphans").status()).isEqualTo(1);
    }

    @Test
    void redirectsAreFollowedButNotOutOfWhatIsEncrypted() throws Exception {
        SSLSocketFactory former = HttpsURLConnection.getDefaultSSLSocketFactory();
        try {
            String address = serve();
            String encrypted = serveSecurely();
            for (int i = 0; i < 4; i++) {
                redirects.put("/r" + i + "/debian-12.tar.gz", "/r" + (i + 1) + "/debian-12.tar.gz");
            }
            redirects.put("/r4/debian-12.tar.gz", encrypted + "/templates/debian-12.tar.gz");
            conf("TEMPLATE_REPOS=\"" + address + "/r0\"\n");
            assertThat(run("debian-12").err()).isEmpty();
            assertThat(cache.resolve("debian-12.tar.gz")).hasBinaryContent(CONTENT);
            Files.delete(cache.resolve("debian-12.tar.gz"));
            redirects.put("/r/debian-12.tar.gz", address + "/r0/debian-12.tar.gz");
            conf("TEMPLATE_REPOS=\"" + address + "/r\"\n");
            Result sixth = run("debian-12");
            assertThat(sixth.status()).isEqualTo(1);
            assertThat(sixth.err()).contains("redirects more than 5 times");
            redirects.put("/r4/debian-12.tar.gz", address + "/templates/debian-12.tar.gz");
            conf("TEMPLATE_REPOS=\"" + encrypted + "/r4\"\n");
            Result opened = run("debian-12");
            assertThat(opened.status()).isEqualTo(1);
            assertThat(opened.err()).contains("which is not followed: from https to http");
            redirects.put("/r4/debian-12.tar.gz", "file:///etc/passwd");
            conf("TEMPLATE_REPOS=\"" + address + "/r4\"\n");
            assertThat(run("debian-12").err()).contains("which is not followed: from http to file");
            assertThat(inCache()).isEmpty();
        } finally {
            HttpsURLConnection.setDefaultSSLSocketFactory(former);
        }
    }

    @Test
    void quietIsQuiet() throws IOException {
        Files.writeString(repository.resolve("debian-12.tar.gz.asc"), "a signature");
        program("gpg", "exit 0");
        assertThat(run("--quiet", "--gpg-check", "debian-12")).isEqualTo(new Result(0, "", ""));
        assertThat(inCache()).containsExactly("debian-12.tar.gz");
    }

    @Test
    void whatGpgTellsIsForFailures() throws IOException {
        Files.writeString(repository.resolve("debian-12.tar.gz.asc"), "a signature");
        program("gpg", "echo gpg: Good signature >&2; echo stdout");
        assertThat(run("--gpg-check", "debian-12").err()).isEmpty();
        Files.delete(cache.resolve("debian-12.tar.gz"));
        program("gpg", "echo gpg: BAD signature >&2; exit 1");
        assertThat(run("--gpg-check", "debian-12").err())
                .isEqualTo("gpg: BAD signature\nvztmpl-dl ERROR: signature check failed! gpg ended with status 1\n");
    }

    /** With the program itself, and a key of its own. */
    @Test
    void aRealSignature() throws Exception {
        Path gpg = Path.of("/usr/bin/gpg");
        assumeTrue(Files.isExecutable(gpg) && Files.isExecutable(Path.of("/usr/bin/gpgconf")), "no gpg");
        Path home = Files.createDirectories(
                dir.resolve("gnupg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        gpgHome = home;
        Path archive = repository.resolve("debian-12.tar.gz");
        try {
            gpg(
                    gpg,
                    "--quick-generate-key",
                    "--batch",
                    "--passphrase",
                    "",
                    "jvz@jvz.example",
                    "ed25519",
                    "sign",
                    "never");
            gpg(gpg, "--batch", "--armor", "--detach-sign", archive.toString());
            assertThat(run("--gpg-check", "debian-12"))
                    .isEqualTo(new Result(
                            0,
                            "Downloading debian-12.tar.gz\nChecking template signature...\nSignature check passed.\n",
                            ""));
            Files.delete(cache.resolve("debian-12.tar.gz"));
            Files.writeString(archive, "something else");
            Result bad = run("--gpg-check", "debian-12");
            assertThat(bad.status()).isEqualTo(5);
            assertThat(bad.err()).contains("BAD signature", "signature check failed! gpg ended with status 1");
            assertThat(inCache()).isEmpty();
        } finally {
            gpg(Path.of("/usr/bin/gpgconf"), "--kill", "all");
        }
    }

    private void gpg(Path program, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GNUPGHOME", String.valueOf(gpgHome));
        Process process =
                builder.redirectOutput(dir.resolve("gpg.log").toFile()).start();
        assertThat(process.waitFor())
                .as(Files.readString(dir.resolve("gpg.log")))
                .isZero();
    }

    @Test
    void anotherVersionIsNotGluedToTheBeginningOfTheFormer() throws IOException {
        serve();
        breakAfter = 10;
        assertThat(run("debian-12").status()).isEqualTo(1);
        breakAfter = -1;
        byte[] other = Arrays.copyOf(CONTENT, CONTENT.length + 1);
        served.put("/templates/debian-12.tar.gz", other);
        assertThat(run("debian-12").status()).isZero();
        assertThat(cache.resolve("debian-12.tar.gz")).hasBinaryContent(other);
    }

    @Test
    void aWrongSumThrowsTheFileAway() throws Exception {
        Files.writeString(repository.resolve("debian-12.tar.gz.sha256"), "00".repeat(32) + "  debian-12.tar.gz\n");
        Result wrong = run("debian-12");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.err()).contains("SHA-256");
        assertThat(inCache()).isEmpty();
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
        Files.writeString(repository.resolve("debian-12.tar.gz.sha256"), sum + "\n");
        assertThat(run("debian-12").status()).isZero();
    }

    @Test
    void aSignatureIsCheckedWhereThatIsAskedFor() throws IOException {
        Files.writeString(repository.resolve("debian-12.tar.gz.asc"), "a signature");
        // Without the program nothing is taken on trust.
        Result unchecked = run("--gpg-check", "debian-12");
        assertThat(unchecked.status()).isEqualTo(5);
        assertThat(inCache()).isEmpty();
        Path called = dir.resolve("called");
        program("gpg", "echo \"$1 $2 $(/bin/cat $3)\" >" + called + "; exit 1");
        assertThat(run("--gpg-check", "debian-12").status()).isEqualTo(5);
        assertThat(called).hasContent("--batch --verify a signature\n");
        assertThat(inCache()).isEmpty();
        program("gpg", "exit 0");
        Result checked = run("--gpg-check", "debian-12");
        assertThat(checked.status()).isZero();
        assertThat(checked.out()).contains("Checking template signature...", "Signature check passed.");
        assertThat(inCache()).containsExactly("debian-12.tar.gz");
        Files.delete(cache.resolve("debian-12.tar.gz"));
        Files.delete(repository.resolve("debian-12.tar.gz.asc"));
        assertThat(run("--gpg-check", "debian-12").status()).isEqualTo(5);
        assertThat(run("--no-gpg-check", "debian-12").status()).isZero();
        conf(Files.readString(host.paths.etc().resolve("download.conf"))
                + "CHECK_TEMPLATE_SIG=\"yes\"\nGPG_KEYRING=\"/etc/keys.gpg\"\n");
        Files.writeString(repository.resolve("debian-12.tar.gz.asc"), "a signature");
        Files.writeString(repository.resolve("debian-12.tar.gz"), "another");
        program("gpgv", "echo \"$1 $2\" >" + called);
        assertThat(run("debian-12").status()).isZero();
        assertThat(called).hasContent("--keyring /etc/keys.gpg\n");
    }

    /** vzctl create does, and shows that in its own way. */
    @Test
    void tellsACallerThatAsksHowFarItIs() {
        more.put("JVZ_DOWNLOAD_LINES", "yes");
        String line = "vztmpl-dl: " + CONTENT.length + " of " + CONTENT.length + " bytes\n";
        assertThat(run("--no-gpg-check", "debian-12"))
                .isEqualTo(new Result(0, "Downloading debian-12.tar.gz\n" + line, ""));
    }

    @Test
    void drawsABar() {
        assertThat(VztmplDl.bar(50, 200)).isEqualTo("[" + "#".repeat(10) + " ".repeat(30) + "] 25% of 1 MB");
    }
}
