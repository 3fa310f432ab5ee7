package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestSetting(t *testing.T) {
	// The escapes are a no-break space, a zero-width space, a byte order mark and three
	// marks that set the direction of a text.
	const around = " \t\r\n\u00a0\u200b\ufeff\u200e\u2066\u2069\"'“”„‘’‚<>"
	for _, test := range []struct{ value, fallback, want string }{
		{around + "-variable_" + around, "", "-variable_"},
		{"", around + "ö/" + around, "ö/"},
		{"+" + around + "=", "", "+" + around + "="},
		{" ", "default", ""}, // It is set, though there is nothing in it.
	} {
		t.Setenv("DOCSPACE_TEST", test.value)
		if got := setting("DOCSPACE_TEST", test.fallback); got != test.want {
			t.Errorf("setting returned %q for the variable %q and the fallback %q, want %q",
				got, test.value, test.fallback, test.want)
		}
	}
}

// Split in two, so that replacing the placeholders throughout this file spares the tests.
const (
	placeholderHost = "your" + "portal.onlyoffice.com"
	placeholderKey  = "your" + "_api_key"
)

func TestHasPlaceholder(t *testing.T) {
	for text, want := range map[string]bool{
		"http://" + strings.ToUpper(placeholderHost): true,
		"https://my-" + placeholderHost:              false, // A portal of that name may be one's own.
		strings.ToUpper(placeholderKey):              true,
		"https://your.portal.example/my_api_key":     false,
	} {
		if got := hasPlaceholder(text); got != want {
			t.Errorf("hasPlaceholder(%q) returned %t, want %t", text, got, want)
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, test := range []struct{ key, want string }{
		{"token=", "Bearer token="},
		{"sk-secret ", "Bearer sk-secret "},
		{"Bearer sk-secret", "Bearer sk-secret"},
		{"Basic amFuZTpzZWNyZXQ=", "Basic amFuZTpzZWNyZXQ="},
	} {
		replace(t, &apiKey, test.key)
		if got := headers().Get("Authorization"); got != test.want {
			t.Errorf("with the key %q, headers returned the Authorization %q, want %q", test.key, got, test.want)
		}
	}
}

const pageAnswered = ": a page answered, not the portal's API: check the host, " +
	"and what stands before the portal (a sign-in, a filter, a gateway)"

func TestApprovalHint(t *testing.T) {
	const link = "https://portal.example/s/secret"
	const redirected = ": check the host's https:// or http://, and whether a sign-in stands before the portal"
	for _, test := range []struct {
		status          int
		raw, link, want string
	}{
		{301, "<html>", link, redirected},
		{302, "", link, redirected},
		{307, "", link, redirected},
		{308, "", link, redirected},
		{405, "<html>", link, ": the host has to be the portal's address alone, without a path"},
		{401, "<!DOCTYPE html>", "", pageAnswered},
		{401, "", "", ": the key is not valid"},
		{401, "", link, ": the sharing link is not valid: it is incomplete, another portal's or over seven days old, " +
			"or its sender or guest is disabled or has another role now"},
		{403, "\r\n <html>Access denied, restricted", link, pageAnswered},
		{403, `{"error":{"message":"Access denied","stack":"<"}}`, link,
			": the key is a user's or a guest's, not a room admin's, or, up to DocSpace 3.2.1, no guest has that email"},
		{403, "The access to the portal is restricted", "", ": the portal lets in only some IP addresses"},
		{403, `{"title":"Forbidden"}`, "", ""},
		{403, "", "", ": no sharing link was given"},
		{403, "", link, ""},
		{404, `{"error":{"message":"User not found"}}`, link, ""},
		{404, "<html>", link, pageAnswered},
		{404, `{"title":"Not Found"}`, link, ": the portal is suspended, or the host is not its address"},
		{500, "Could not resolve current tenant", link, ": the server has no portal of that name"},
		// The words of 403 mean nothing with another status.
		{500, "Access denied, restricted", link,
			": the portal cannot read the sharing link: it is another installation's, or damaged"},
		{500, "", "", ""},
		{503, "current tenant", link, ""},
		{500, "<html>current tenant", link, pageAnswered},
	} {
		if got := approvalHint(test.status, test.raw, test.link); got != test.want {
			t.Errorf("approvalHint(%d, %q, %q) returned %q, want %q", test.status, test.raw, test.link, got, test.want)
		}
	}
}

func TestDeletionHint(t *testing.T) {
	const mayBeDeleted = ": the portal may have deleted the guest nevertheless"
	for _, test := range []struct {
		status    int
		raw, want string
	}{
		{401, "<!DOCTYPE html>", pageAnswered},
		{401, "", ": the key is not valid; with such a key, an approval counts for the link's sender, not for you"},
		{402, "", ": the portal is not paid for, or has no licence"},
		{403, "", ": the key lacks Write for Contacts (accounts:write)"},
		{403, "<html>Access denied", pageAnswered},
		{403, `{"error":{"message":"Access denied"}}`, ": the guest is not on your list, where an approval puts them " +
			"with a room admin's key only, not with the portal owner's or a DocSpace admin's"},
		{403, "The access to the portal is restricted", ""},
		{499, "Access denied", ""},
		{500, "", mayBeDeleted},
		{502, "<html>", mayBeDeleted},
	} {
		if got := deletionHint(test.status, test.raw); got != test.want {
			t.Errorf("deletionHint(%d, %q) returned %q, want %q", test.status, test.raw, got, test.want)
		}
	}
}

// Where a test calls newPortal, a stand-in gets the requests to any host. Each exchange
// is a request that it expects (its first line, headers and body) and the answer to it.
// The first line has the whole URL, because the stand-in is a proxy.
const (
	shortLink = "http://portal.example/s/secret"
	fullLink  = "http://portal.example/confirm/GuestShareLink?" + query
	query     = "type=GuestShareLink&key=533217614623.secret%2BH5L2&encemail=NBAa%3D&uid=27ab"
)

// If fetch followed a redirect, the stand-in would get a second request, which fails the
// test.
func TestFetchRedirect(t *testing.T) {
	for _, test := range []struct {
		method   string
		status   int
		location string
	}{
		{"POST", 307, "/elsewhere"},
		{"DELETE", 301, "https://portal.example/"},
	} {
		newPortal(t, exchange{status: test.status, location: test.location})
		status, _, err := fetch(test.method, "http://portal.example/", "", nil)
		if status != test.status || err != nil {
			t.Errorf("fetch with %s returned %d, %v\nwant %d, <nil>", test.method, status, err, test.status)
		}
	}
}

const noHost = "set DOCSPACE_API_HOST, or in a copy apiHost, to the portal's address, with https:// or http://"

// The stand-in expects no request at all, not even one to the link.
func TestFetchFailure(t *testing.T) {
	const noKey = "set DOCSPACE_API_KEY, or in a copy apiKey, to a room admin's key"
	newPortal(t)
	for _, test := range []struct {
		key, url, link string
		payload        any
		want           string
	}{
		{"sk-secret", "127.0.0.1:9/", shortLink, nil, noHost},           // This is no URL.
		{"sk-secret", "https:/portal.example/", shortLink, nil, noHost}, // With one slash, it has no host.
		{"sk-secret", "http://" + placeholderHost + "/", shortLink, nil, noHost},
		{" ", "http://portal.example/", shortLink, nil, noKey},
		{"Bearer ", "http://portal.example/", shortLink, nil, noKey},
		{"Basic ", "http://portal.example/", shortLink, nil, noKey},
		{"Bearer " + placeholderKey, "http://portal.example/", shortLink, nil, noKey},
		{"sk-secret", "http://portal.example/", "https://" + placeholderHost + "/s/secret", nil,
			"the sharing link, DOCSPACE_GUEST_LINK, is still a placeholder"},
		{"sk-secret", "http://portal.example/", shortLink, func() {}, // A function has no JSON form.
			"json: unsupported type: func()"},
	} {
		replace(t, &apiKey, test.key)
		status, raw, err := fetch("DELETE", test.url, test.link, test.payload)
		if status != 0 || raw != "" || fmt.Sprint(err) != test.want {
			t.Errorf("fetch to %q with the key %q and the link %q returned %d, %q, %v\nwant 0, \"\", %s",
				test.url, test.key, test.link, status, raw, err, test.want)
		}
	}
}

// Each request is its first line alone. With the key, another header or a body, it would
// differ: whoever answers a link must get none of these.
func TestLinkQuery(t *testing.T) {
	const getShort = "GET " + shortLink + "\n"
	// It holds the address of a full link, but is none: the type is not in its own query.
	const filterLink = "http://filter.example/?url=http%3A%2F%2Fportal.example%2F%3Ftype%3DGuestShareLink"
	const notURL = "the sharing link is not a URL with https:// or http://"
	const otherLink = "http://portal.example/confirm/LinkInvite?subtype=GuestShareLink&type=LinkInvite&key=1"
	toShort := exchange{request: getShort, status: 302, location: shortLink}
	toFull := exchange{request: getShort, status: 302, location: fullLink}
	for _, test := range []struct {
		name, link      string
		exchanges       []exchange
		want, wantError string
	}{
		{"full link", "http://portal.example/?" + query + "#top", nil, query, "<nil>"},
		{"path as location", shortLink, []exchange{
			{request: getShort, status: 308, location: "/s/other"},
			{request: "GET http://portal.example/s/other\n", status: 302, location: fullLink},
		}, query, "<nil>"},
		{"filter's link", filterLink, []exchange{
			{request: "GET " + filterLink + "\n", status: 301, location: shortLink},
			toFull,
		}, query, "<nil>"},
		{"six redirects", shortLink, []exchange{toShort, toShort, toShort, toShort, toShort, toFull}, "",
			"the sharing link redirects more than five times"},
		{"other kind of link", shortLink, []exchange{
			{request: getShort, status: 302, location: otherLink},
			{request: "GET " + otherLink + "\n", status: 200},
		}, "", "the sharing link leads to no guest, but to a page with status 200: it has to come from Share guest"},
		{"status 400", shortLink, []exchange{{request: getShort, status: 400}}, "",
			"asking where the sharing link leads: status 400"},
		{"refused by the proxy", "https://portal.example/s/secret",
			[]exchange{{request: "CONNECT portal.example:443\n", status: 403}}, "",
			"asking where the sharing link leads: Forbidden"},
		{"without https://", "portal.example/s/secret", nil, "", notURL},
		{"no URL", "http://portal.example/%secret", nil, "", notURL},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, test.exchanges...)
			got, err := linkQuery(test.link)
			if got != test.want || fmt.Sprint(err) != test.wantError {
				t.Errorf("linkQuery returned %q, %v\nwant %q, %s", got, err, test.want, test.wantError)
			}
		})
	}
}

const (
	guestID         = "401a36ae-b1a7-4ef4-9545-dd45c18e82bf"
	approvalRequest = `POST http://portal.example/api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Confirm: ` + query + `
Content-Type: application/json
{"email":"jane@EXAMPLE.com"}`
	approvalAnswer = `{"response":{"firstName":"Jane","email":"Jane@example.com","id":"` + guestID + `",` +
		`"displayName":"Jane Doe","isAnonim":false},"count":1}`
)

// 299 is the last status of a success. The emails of request and answer differ in
// capitals, which makes no difference.
func TestApproveGuest(t *testing.T) {
	newPortal(t, exchange{request: approvalRequest, status: 299, body: approvalAnswer})
	id, err := approveGuest("jane@EXAMPLE.com", fullLink)
	if id != guestID || err != nil {
		t.Errorf("approveGuest returned %q, %v\nwant %q, <nil>", id, err, guestID)
	}
}

// Without a link there is no Confirm, and a portal refuses.
func TestApproveGuestWithoutLink(t *testing.T) {
	newPortal(t, exchange{
		request: `POST http://portal.example/api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Content-Type: application/json
{"email":"jane@example.com"}`,
		status: 403,
	})
	const want = "guest approval failed with status 403: no sharing link was given"
	id, err := approveGuest("jane@example.com", "")
	if id != "" || fmt.Sprint(err) != want {
		t.Errorf("approveGuest returned %q, %v\nwant \"\", %s", id, err, want)
	}
}

func TestApproveGuestFailure(t *testing.T) {
	const unusable = "guest approval gave no JSON with an id: check that a portal answered, not a sign-in page or a web filter"
	for _, test := range []struct {
		name, email string
		status      int
		body, want  string
	}{
		{"status 300", "jane@example.com", 300, approvalAnswer, "guest approval failed with status 300"},
		{"status 403", "jane@example.com", 403, "", "guest approval failed with status 403"},
		{"restricted", "jane@example.com", 403, "The access to the portal is restricted",
			"guest approval failed with status 403: the portal lets in only some IP addresses"},
		{"no JSON", "jane@example.com", 200, "<html>", unusable},
		{"no id", "jane@example.com", 200, `{"response":{"email":"jane@example.com"}}`, unusable},
		{"number as email", "jane@example.com", 200, `{"response":{"id":"42","email":42}}`, unusable},
		{"no email", "jane@example.com", 200, `{"response":{"id":"42"}}`,
			`the sharing link is for "", who is approved now, and not for "jane@example.com"`},
		{"empty email", "", 200, approvalAnswer,
			`the sharing link is for "Jane@example.com", who is approved now, and not for ""`},
		// The escapes are Cyrillic letters that look like a and e.
		{"look-alikes", "jan\u0435@example.com", 200, `{"response":{"id":"42","email":"j\u0430ne@example.com"}}`,
			`the sharing link is for "j\u0430ne@example.com", who is approved now, and not for "jan\u0435@example.com"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, exchange{status: test.status, body: test.body})
			id, err := approveGuest(test.email, fullLink)
			if id != "" || fmt.Sprint(err) != test.want {
				t.Errorf("approveGuest returned %q, %v\nwant \"\", %s", id, err, test.want)
			}
		})
	}
}

const (
	deletionRequest = `DELETE http://portal.example/api/2.0/people/guests
Authorization: Bearer sk-secret
Content-Type: application/json
{"resendAll":false,"userIds":["` + guestID + `"]}`
	deletionAnswer = `{"count":0,"status":0,"statusCode":200}`
)

func TestDeleteGuest(t *testing.T) {
	newPortal(t, exchange{request: deletionRequest, status: 299, body: deletionAnswer})
	if err := deleteGuest(guestID); err != nil {
		t.Errorf("deleteGuest returned the error %v, want none", err)
	}
}

func TestDeleteGuestFailure(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer exchange
		want   string
	}{
		{"status 300", exchange{status: 300}, "guest deletion failed with status 300"},
		{"status 404", exchange{status: 404}, "guest deletion failed with status 404"},
		{"Access denied", exchange{status: 403, body: "Access denied"}, "guest deletion failed with status 403: " +
			"the guest is not on your list, where an approval puts them with a room admin's key only, " +
			"not with the portal owner's or a DocSpace admin's"},
		{"cut short", exchange{status: 200, body: "half", cut: true},
			"guest deletion not confirmed: status 200, but no complete answer: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, test.answer)
			if err := deleteGuest(guestID); fmt.Sprint(err) != test.want {
				t.Errorf("deleteGuest returned the error\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// Each of the three requests ends if nobody answers it, and its error shows no secret.
func TestClientTimeout(t *testing.T) {
	if client.Timeout != 30*time.Second {
		t.Errorf("the client's timeout is %v, want 30s", client.Timeout)
	}
	replace(t, &client.Timeout, 10*time.Millisecond)
	replace(t, &apiHost, "http://portal.example")
	replace(t, &apiKey, "sk-secret")
	for name, call := range map[string]func() error{
		"link":     func() error { _, err := linkQuery(shortLink); return err },
		"approval": func() error { _, err := approveGuest("jane@example.com", fullLink); return err },
		"deletion": func() error { return deleteGuest(guestID) },
	} {
		t.Run(name, func(t *testing.T) {
			// Until a server is started, clients can connect, but get no answer.
			server := httptest.NewUnstartedServer(nil)
			defer server.Listener.Close()
			// After five seconds, this ends a call that has no timeout. Its error is then a reset.
			time.AfterFunc(5*time.Second, func() { server.Listener.Close() })
			sendAllTo(t, server.Listener)
			err := call()
			var cause net.Error
			if !errors.As(err, &cause) || !cause.Timeout() {
				t.Errorf("the error wraps no timeout:\n%v", err)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error shows the link or the key:\n%v", err)
			}
		})
	}
}

// From here on, the tests run the whole program and compare what it prints. The
// settings of this run are as one pastes them.
func TestProgramSuccess(t *testing.T) {
	proxy := newPortal(t,
		exchange{request: "GET " + shortLink + "\n", status: 302, location: fullLink},
		exchange{request: approvalRequest, status: 200, body: approvalAnswer},
		exchange{request: deletionRequest, status: 200, body: deletionAnswer})
	got := run(t, proxy, nil,
		"DOCSPACE_API_HOST=\"http://portal.example//\"",
		"DOCSPACE_API_KEY='sk-secret'\r\n",
		"DOCSPACE_GUEST_EMAIL=“jane@EXAMPLE.com”",
		"DOCSPACE_GUEST_LINK=<"+shortLink+">")
	want := result{`Approving guest...
Status Code: 200
Raw Response: ` + approvalAnswer + `
Approved guest: Jane Doe (Jane@example.com)

Deleting guest...
Status Code (delete): 200
Raw Response (delete): ` + deletionAnswer + `
Guest with ID ` + guestID + ` deleted successfully.
`, "", 0}
	if got != want {
		t.Errorf("the program's result is\n%#v\nwant\n%#v", got, want)
	}
}

// Where the environment has nothing, the settings are those that TestMain gives.
func TestProgramSettings(t *testing.T) {
	proxy := newPortal(t, exchange{
		request: `POST http://settings.example/api/2.0/people/guests/share/approve
Authorization: Bearer sk-settings
Confirm: type=GuestShareLink&key=settings
Content-Type: application/json
{"email":"settings@example.com"}`,
		status: 429,
		body:   "wait",
	})
	got := run(t, proxy, nil, "DOCSPACE_API_HOST=", "DOCSPACE_API_KEY=", "DOCSPACE_GUEST_EMAIL=", "DOCSPACE_GUEST_LINK=")
	want := result{`Approving guest...
Status Code: 429
Raw Response: wait
Guest approval failed. Status code: 429, Message: wait
`, "guest approval failed with status 429\n", 1}
	if got != want {
		t.Errorf("the program's result is\n%#v\nwant\n%#v", got, want)
	}
}

func TestProgramFailure(t *testing.T) {
	for _, test := range []struct {
		name                   string
		arguments              []string
		setting                string
		exchanges              []exchange
		wantStdout, wantStderr string
	}{
		{"argument", []string{"bob@example.com"}, "", nil, "",
			"nothing was sent: the settings are environment variables, not arguments\n"},
		{"placeholder", nil, "DOCSPACE_API_HOST=https://" + placeholderHost, nil,
			"Approving guest...\n", "approving the guest: " + noHost + "\n"},
		// For a host with https://, a proxy gets a CONNECT first.
		{"refused by the proxy", nil, "DOCSPACE_API_HOST=https://portal.example/100%25/2.0",
			[]exchange{{request: "CONNECT portal.example:443\n", status: 403}},
			"Approving guest...\n",
			"approving the guest: Post \"https://portal.example/100%25/2.0/api/2.0/people/guests/share/approve\": Forbidden\n"},
		{"link answered with 429", nil, "DOCSPACE_GUEST_LINK=" + shortLink, []exchange{{status: 429}},
			"Approving guest...\n", "approving the guest: asking where the sharing link leads: status 429\n"},
		{"approval refused", nil, "", []exchange{{request: approvalRequest, status: 403, body: "100%\r\n"}},
			"Approving guest...\nStatus Code: 403\nRaw Response: 100%\r\n\n" +
				"Guest approval failed. Status code: 403, Message: 100%\r\n\n",
			"guest approval failed with status 403\n"},
		{"mistyped email", nil, "DOCSPACE_GUEST_EMAIL=jane@example.co", []exchange{{status: 200, body: approvalAnswer}},
			"Approving guest...\nStatus Code: 200\nRaw Response: " + approvalAnswer + "\n" +
				"Approved guest: Jane Doe (Jane@example.com)\n",
			"the sharing link is for \"Jane@example.com\", who is approved now, and not for \"jane@example.co\"\n"},
		{"deletion refused", nil, "",
			[]exchange{{status: 200, body: approvalAnswer}, {request: deletionRequest, status: 502, body: "100%\r\n"}},
			"Approving guest...\nStatus Code: 200\nRaw Response: " + approvalAnswer + "\n" +
				"Approved guest: Jane Doe (Jane@example.com)\n\nDeleting guest...\n" +
				"Status Code (delete): 502\nRaw Response (delete): 100%\r\n\n" +
				"Guest deletion failed. Status code: 502, Message: 100%\r\n\n",
			"guest deletion failed with status 502: the portal may have deleted the guest nevertheless\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, newPortal(t, test.exchanges...), test.arguments, test.setting)
			want := result{test.wantStdout, test.wantStderr, 1}
			if got != want {
				t.Errorf("the program's result is\n%#v\nwant\n%#v", got, want)
			}
		})
	}
}

// TestMain lets the test binary be the program, so that run can start it.
func TestMain(m *testing.M) {
	if os.Getenv("MANAGE_GUESTS_TEST_MAIN") == "" {
		os.Exit(m.Run())
	}
	// A copy of the functions has no main, so only main may take these from the environment.
	if apiHost == "http://portal.example" || apiKey == "sk-secret" {
		log.Fatal("host or key are the environment's before main begins")
	}
	// Whatever stands in main.go, the tests must not reach it.
	apiHost, apiKey = "http://settings.example", "sk-settings"
	guestEmail, guestLink = "settings@example.com", "http://settings.example/?type=GuestShareLink&key=settings"
	main()
}

// replace gives a variable another value until the test ends.
func replace[T any](t *testing.T, variable *T, value T) {
	old := *variable
	*variable = value
	t.Cleanup(func() { *variable = old })
}

// exchange is a request that a test expects, and the answer that it gets.
type exchange struct {
	request        string // If it is empty, any request will do.
	status         int
	location, body string
	cut            bool // The answer promises more than its body.
}

// newPortal starts a stand-in for a portal and returns its URL. Until the test ends, it
// gets the requests to any host, and each has to be that of the next exchange. The host
// and the key are set, those of the environment must not count, and what the functions
// print is dropped.
func newPortal(t *testing.T, exchanges ...exchange) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(exchanges) == 0 {
			t.Errorf("a request too many: %s %s", r.Method, r.RequestURI)
			w.WriteHeader(500)
			return
		}
		next := exchanges[0]
		exchanges = exchanges[1:]
		if next.request != "" {
			var got strings.Builder
			fmt.Fprintf(&got, "%s %s\n", r.Method, r.RequestURI)
			// This leaves out the three headers that net/http adds.
			r.Header.WriteSubset(&got, map[string]bool{"Accept-Encoding": true, "Content-Length": true, "User-Agent": true})
			io.Copy(&got, r.Body)
			if got := strings.ReplaceAll(got.String(), "\r", ""); got != next.request {
				t.Errorf("the request is\n%s\nwant\n%s", got, next.request)
			}
		}
		w.Header().Set("Location", next.location)
		if next.cut {
			w.Header().Set("Content-Length", "500")
		}
		w.WriteHeader(next.status)
		io.WriteString(w, next.body)
	}))
	t.Cleanup(func() {
		server.Close()
		if len(exchanges) > 0 && !t.Failed() {
			t.Errorf("this request did not come:\n%s", exchanges[0].request)
		}
	})
	sendAllTo(t, server.Listener)
	replace(t, &apiHost, "http://portal.example")
	replace(t, &apiKey, "sk-secret")
	t.Setenv("DOCSPACE_API_HOST", "http://environment.example")
	t.Setenv("DOCSPACE_API_KEY", "sk-environment")
	replace(t, &os.Stdout, nil)
	return server.URL
}

// sendAllTo makes a listener the proxy of all requests until the test ends, so that
// none leaves this machine. A client without a Transport has the default one.
func sendAllTo(t *testing.T, listener net.Listener) {
	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	var transport http.RoundTripper = &http.Transport{Proxy: http.ProxyURL(proxy)}
	replace(t, &http.DefaultTransport, transport)
}

// result is what a run of the program prints, and its exit status.
type result struct {
	stdout, stderr string
	exitStatus     int
}

// run runs the program as a process of its own, behind a proxy that gets all its
// requests. Its settings are good ones, until the test gives others: of two with one
// name, the later counts.
func run(t *testing.T, proxy string, arguments []string, settings ...string) result {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	cmd := exec.Command(binary, arguments...)
	cmd.Env = append([]string{
		"DOCSPACE_API_HOST=http://portal.example",
		"DOCSPACE_API_KEY=sk-secret",
		"DOCSPACE_GUEST_EMAIL=jane@EXAMPLE.com",
		"DOCSPACE_GUEST_LINK=" + fullLink,
		"HTTP_PROXY=" + proxy,
		"HTTPS_PROXY=" + proxy,
		"MANAGE_GUESTS_TEST_MAIN=1",
		"GOCOVERDIR=" + t.TempDir(), // Without it, go test -cover adds a line to standard error.
	}, settings...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if cmd.ProcessState == nil { // It has not started. With an exit status of 1, err is set, too.
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}
