import assert from "node:assert/strict";
import fc from "fast-check";
import { isVersion, parseRemoteRef, pinName, remoteRefText, repoIdentity } from "../../../lib/base/remote_ref.ts";

Deno.test("parseRemoteRef() takes host, owner and name as the repository, the rest as path, and what is behind the last colon as version", () => {
  assert.deepEqual(parseRemoteRef("@github.com/me/tools/candy/git:v1.2"), {
    repo: "github.com/me/tools",
    path: "candy/git",
    version: "v1.2",
  });
  assert.deepEqual(parseRemoteRef("@Git.Example/me/tools"), { repo: "git.example/me/tools", path: "" });
  assert.deepEqual(parseRemoteRef("@git.sr.ht/~me/tools.git/a.yml:feature/x"), {
    repo: "git.sr.ht/~me/tools",
    path: "a.yml",
    version: "feature/x",
  });
});

Deno.test("parseRemoteRef() refuses what could be an option, a way upwards, or no name at all", () => {
  for (
    const text of [
      ...[
        "",
        "@",
        "github.com/me/tools",
        "@github.com/me",
        "@github.com//tools",
        "@-h/me/tools",
        "@github.com/-u/tools",
      ],
      ...["@github.com/me/--upload-pack=x", "@github.com/me/tools/../../etc", "@github.com/me/tools/./a"],
      ...["@github.com/me/tools/.git/../x", "@github.com/me/..", "@github.com/me/tools:-x", "@github.com/me/tools:"],
      ...[
        "@github.com/me/tools:a..b",
        "@github.com/me/tools:a b",
        "@github.com/me/tools:a\nb",
        "@github.com/me/tools:@{1}",
      ],
      ...["@ext::sh -c x/me/tools", "@github.com/me/to ols", "@github.com/me/tools\0", "@localhost;x/me/tools"],
    ]
  ) assert.equal(parseRemoteRef(text), undefined, text);
});

Deno.test("remoteRefText() and pinName() give back what parseRemoteRef() takes, whatever text comes", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."@abZ09./:-_~+ \0\n") }), (text) => {
    const ref = parseRemoteRef(`@a.b/${text}`);
    if (ref === undefined) return;
    assert.deepEqual(parseRemoteRef(remoteRefText(ref)), ref);
    assert.equal(parseRemoteRef(`@${pinName(ref)}`)?.path, "");
    for (const part of [...ref.repo.split("/"), ...ref.path.split("/"), ref.version ?? ""]) {
      assert.doesNotMatch(part, /^-|^\.\.$|[\0\n ]/);
    }
  }));
});

Deno.test("isVersion() takes names of tags and branches and commits, and nothing git would read otherwise", () => {
  for (const text of ["v1", "main", "release/2.0", "2026.174.0425", "0a1b2c3"]) {
    assert.equal(isVersion(text), true, text);
  }
  for (const text of ["-x", "a..b", "a//b", "a/", "a.lock", "a.", "a~1", "a^", "a:b", "a?", "/a"]) {
    assert.equal(isVersion(text), false, text);
  }
});

Deno.test("repoIdentity() knows a repository by everything people write for it", () => {
  for (
    const text of [
      ...["github.com/me/tools", "me/tools", "https://github.com/me/tools.git", "git@github.com:me/tools.git"],
      ...["ssh://git@github.com:22/me/tools", "https://user:pass@GitHub.com/me/tools/", "@github.com/me/tools"],
    ]
  ) assert.equal(repoIdentity(text), "github.com/me/tools", text);
  for (const text of ["", "tools", "/srv/git/tools", "a/b/c/d", "../x/y"]) {
    assert.equal(repoIdentity(text), undefined, text);
  }
});
