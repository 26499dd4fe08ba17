package org.jvz.runtime.linux.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sets and maps of one table, as libnftables-json(5) has them.
 *
 * @param elements those of all sets and maps, in the order of the text
 */
public record Ruleset(List<Element> elements) {
    public Ruleset {
        elements = List.copyOf(elements);
    }

    /**
     * An element of a set or map. Values of several parts are lists of these; all parts are as nft shows them.
     *
     * @param set name of the set or map
     * @param key what is looked up
     * @param comment whose it is; empty if it has none
     * @param packets how many its counter has seen, 0 if it has none
     * @param bytes the same
     */
    public record Element(String set, List<String> key, String comment, long packets, long bytes) {
        public Element {
            key = List.copyOf(key);
        }
    }

    /** Reads what {@code nft -j list table} prints. What is not a set or map with simple elements is left out. */
    static Ruleset parse(String json) throws IOException {
        List<Element> elements = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            for (Object each : list(map(value(parser)).get("nftables"))) {
                Map<?, ?> object = map(each);
                for (String kind : new String[] {"set", "map"}) {
                    Map<?, ?> set = map(object.get(kind));
                    for (Object element : list(set.get("elem"))) {
                        // A map has pairs of key and value.
                        Object key = kind.equals("map") ? list(element).get(0) : element;
                        elements.add(element(String.valueOf(set.get("name")), key));
                    }
                }
            }
        }
        return new Ruleset(elements);
    }

    /** An element is a value, or an object with a value and what else there is to say of it. */
    private static Element element(String set, Object element) {
        Map<?, ?> inner = map(map(element).get("elem"));
        Object comment = inner.get("comment");
        Object value = inner.isEmpty() ? element : inner.get("val");
        List<String> key = new ArrayList<>();
        List<?> parts = list(map(value).get("concat"));
        for (Object part : parts.isEmpty() ? List.of(String.valueOf(value)) : parts) {
            key.add(String.valueOf(part));
        }
        Map<?, ?> counter = map(inner.get("counter"));
        return new Element(
                set,
                key,
                comment == null ? "" : comment.toString(),
                number(counter, "packets"),
                number(counter, "bytes"));
    }

    private static long number(Map<?, ?> counter, String name) {
        Object text = counter.get(name);
        return text == null ? 0 : Long.parseLong(text.toString());
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** The value at the parser's token: map, list, or the text of anything else. */
    private static Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> map = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                map.put(name, value(parser));
            }
            return map;
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        }
        String text = parser.getText();
        return text == null ? "" : text;
    }
}
