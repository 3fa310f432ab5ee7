package main

import (
	"errors"
	"fmt"
	"io"
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
	// Split in two, so that replacing the placeholders throughout this file spares this test.
	const host, key = "your" + "portal.onlyoffice.com", "your" + "_api_key"
	for _, test := range []struct{ value, fallback, want string }{
		{"variable", "default", "variable"},
		{"", "default", "default"},
		{" ", "default", ""},
		{around + "variable" + around, "", "variable"},
		{"", around + "default" + around, "default"},
		{"a" + around + "z", "", "a" + around + "z"},
		{"https://" + host + "/", "default", ""},
		{"", "http://" + strings.ToUpper(host), ""},
		{"https://my-" + host, "", "https://my-" + host}, // A portal of that name may be one's own.
		{"Bearer " + key, "default", ""},
		{"", strings.ToUpper(key), ""},
	} {
		t.Setenv("DOCSPACE_TEST", test.value)
		if got := setting("DOCSPACE_TEST", test.fallback); got != test.want {
			t.Errorf("setting returned %q for the variable %q and the fallback %q, want %q",
				got, test.value, test.fallback, test.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, test := range []struct{ key, want string }{
		{"sk-secret", "Bearer sk-secret"},
		{"Bearer sk-secret", "Bearer sk-secret"},
		{"Basic amFuZTpzZWNyZXQ=", "Basic amFuZTpzZWNyZXQ="},
	} {
		replace(t, &apiKey, test.key)
		if got := headers().Get("Authorization"); got != test.want {
			t.Errorf("with the key %q, headers returned the Authorization %q, want %q", test.key, got, test.want)
		}
	}
}

func TestApprovalHint(t *testing.T) {
	const link = "https://portal.example/s/secret"
	const checkHost = ": check that the host is the portal's address alone, with the right https:// or http://"
	for _, test := range []struct {
		status          int
		raw, link, want string
	}{
		{301, "", link, checkHost},
		{302, "", link, checkHost},
		{307, "", link, checkHost},
		{308, "", link, checkHost},
		{401, "", "", ": the key is not valid"},
		{401, "", link, ": the sharing link was refused, not the key: it is over seven days old, incomplete or another portal's, " +
			"or its sender or guest is not active any more"},
		{403, `{"error":{"message":"Access denied"}}`, link,
			": the key's owner has the role User or Guest; it takes a room admin's key"},
		{403, "The access to the portal is restricted", "", ": the response says why"},
		{403, "", "", ": no sharing link was given"},
		{404, `{"error":{"message":"User not found"}}`, link, ": nobody on the portal has that email"},
		{404, "", link, ": the host is no portal's address, or the portal is suspended"},
		{405, "", link, checkHost},
		{502, "", link, ""},
		// These words count in the answer to 403 and 404 only.
		{500, "Access denied, User not found", "",
			": the portal cannot read the sharing link (incomplete, or another installation's), or the host is no portal's address"},
	} {
		if got := approvalHint(test.status, test.raw, test.link); got != test.want {
			t.Errorf("approvalHint(%d, %q, %q) returned %q, want %q", test.status, test.raw, test.link, got, test.want)
		}
	}
}

func TestDeletionHint(t *testing.T) {
	const mayBeDeleted = ": the portal may have deleted the guest all the same"
	for _, test := range []struct {
		status    int
		raw, want string
	}{
		{401, "", ": the key is not valid; the approval went by the link alone, " +
			"and put the guest on the list of the link's sender, not on yours"},
		{402, "", ": the portal is not paid for, or has no licence"},
		{403, "", ": the key lacks Write for Contacts (accounts:write)"},
		{403, `{"error":{"message":"Access denied"}}`,
			": the key is the owner's or a DocSpace admin's, not a room admin's, or the guest is not on your list"},
		{403, "The access to the portal is restricted", ": the response says why"},
		{499, "Access denied", ""},
		{500, "", mayBeDeleted},
		{524, "", mayBeDeleted},
	} {
		if got := deletionHint(test.status, test.raw); got != test.want {
			t.Errorf("deletionHint(%d, %q) returned %q, want %q", test.status, test.raw, got, test.want)
		}
	}
}

// The stand-in that newPortal starts gets the requests to any host and gives one
// answer to each; a request more or fewer fails the test. checkRequests compares
// the first line, the headers and the body of each.
func TestFetch(t *testing.T) {
	portal := newPortal(t, answer{status: 404, body: "not found\r\n"})
	status, raw, err := fetch("PUT", "http://portal.example/path?a=b", http.Header{"Confirm": {"c=d"}}, []string{"e"})
	if status != 404 || raw != "not found\r\n" || err != nil {
		t.Errorf("fetch returned %d, %q and the error %v, want 404 and \"not found\\r\\n\"", status, raw, err)
	}
	portal.checkRequests("PUT http://portal.example/path?a=b\nConfirm: c=d\n[\"e\"]\n")
}

// Following a redirect would be a request more.
func TestFetchRedirect(t *testing.T) {
	for _, status := range []int{301, 303, 307} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			newPortal(t, answer{status: status, location: "/elsewhere"})
			if got, _, err := fetch("DELETE", "http://portal.example/", nil, ""); got != status || err != nil {
				t.Errorf("fetch returned %d and the error %v, want %d", got, err, status)
			}
		})
	}
}

func TestFetchFailure(t *testing.T) {
	newPortal(t)
	for _, test := range []struct {
		key, url  string
		payload   any
		wantBegin string
	}{
		{"sk-secret", "http://portal.example/", func() {}, "json: "}, // A function has no JSON form.
		{"sk-secret", "http://portal.example/%", "", "parse "},
		{"", "http://portal.example/", "", "the key is empty or still the placeholder"},
	} {
		replace(t, &apiKey, test.key)
		status, raw, err := fetch("POST", test.url, nil, test.payload)
		if status != 0 || raw != "" || !strings.HasPrefix(fmt.Sprint(err), test.wantBegin) {
			t.Errorf("fetch returned %d, %q and the error %v, want 0, \"\" and one that begins with %q",
				status, raw, err, test.wantBegin)
		}
	}
}

const (
	query    = "type=GuestShareLink&key=533217614623.secret%2BH5L2&encemail=NBAa%3D&uid=27ab"
	fullLink = "http://portal.example/confirm/GuestShareLink?" + query
)

// The requests have no headers, because whoever answers a link must not get the
// key. The empty line is the body. No error prints as <nil>.
func TestLinkQuery(t *testing.T) {
	const shortLink = "http://portal.example/s/secret"
	const filterLink = "http://filter.example/?url=http%3A%2F%2Fportal.example%2F%3Ftype%3DGuestShareLink"
	const otherLink = "http://portal.example/confirm/GuestShareLink?type=LinkInvite&from=GuestShareLink"
	const request = "GET " + shortLink + "\n\n"
	toShort := answer{status: 302, location: shortLink}
	toFull := answer{status: 302, location: fullLink}
	for _, test := range []struct {
		name, link      string
		answers         []answer
		requests        string
		want, wantError string
	}{
		{"full link", fullLink + "#top", nil, "", query, "<nil>"},
		{"short link", shortLink, []answer{toFull}, request, query, "<nil>"},
		{"path as location", shortLink, []answer{{status: 301, location: "/s/other"}, toFull},
			request + "GET http://portal.example/s/other\n\n", query, "<nil>"},
		{"mail filter", filterLink, []answer{toShort, toFull}, "GET " + filterLink + "\n\n" + request, query, "<nil>"},
		{"five redirects", shortLink, []answer{toShort, toShort, toShort, toShort, toFull},
			strings.Repeat(request, 5), query, "<nil>"},
		{"six redirects", shortLink, []answer{toShort, toShort, toShort, toShort, toShort, toFull},
			strings.Repeat(request, 6), "",
			"the sharing link leads to no guest, but to status 302: it has to come from Share guest"},
		{"other kind of link", shortLink, []answer{{status: 302, location: otherLink}, {status: 200}},
			request + "GET " + otherLink + "\n\n", "",
			"the sharing link leads to no guest, but to status 200: it has to come from Share guest"},
		{"mailto", shortLink, []answer{{status: 302, location: "mailto:secret@portal.example"}}, request, "",
			`asking where the sharing link leads: unsupported protocol scheme "mailto"`},
		{"no URL", "http://portal.example/%secret", nil, "", "", "the sharing link is not a URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			portal := newPortal(t, test.answers...)
			got, err := linkQuery(test.link)
			if got != test.want || fmt.Sprint(err) != test.wantError {
				t.Fatalf("linkQuery returned %q and the error %v, want %q and %s", got, err, test.want, test.wantError)
			}
			portal.checkRequests(test.requests)
		})
	}
}

const (
	guestID        = "401a36ae-b1a7-4ef4-9545-dd45c18e82bf"
	approvalAnswer = `{"response":{"firstName":"Jane","email":"Jane@example.com","id":"` + guestID + `",` +
		`"displayName":"Jane Doe","isAnonim":false},"count":1}`
	approvalRequest = `POST http://portal.example/api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Confirm: ` + query + `
Content-Type: application/json
{"email":"jane@example.com"}
`
)

// 299 is the last status of a success. The answer has the email with a capital,
// which makes no difference.
func TestApproveGuest(t *testing.T) {
	portal := newPortal(t, answer{status: 299, body: approvalAnswer})
	id, err := approveGuest("jane@example.com", fullLink)
	if id != guestID || err != nil {
		t.Errorf("approveGuest returned %q and the error %v, want %q", id, err, guestID)
	}
	portal.checkRequests(approvalRequest)
}

// Without a link there is no Confirm, and the answer may name another email.
func TestApproveGuestWithoutLink(t *testing.T) {
	portal := newPortal(t, answer{status: 200, body: approvalAnswer})
	id, err := approveGuest("jo@example.com", "")
	if id != guestID || err != nil {
		t.Errorf("approveGuest returned %q and the error %v, want %q", id, err, guestID)
	}
	portal.checkRequests(`POST http://portal.example/api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Content-Type: application/json
{"email":"jo@example.com"}
`)
}

func TestApproveGuestFailure(t *testing.T) {
	const unusable = "guest approval gave no JSON with an id: check that a portal answered, not a sign-in page or filter"
	for _, test := range []struct {
		name, email string
		answer      answer
		want        string
	}{
		{"status 300", "jane@example.com", answer{status: 300}, "guest approval failed with status 300"},
		{"status 403", "jane@example.com", answer{status: 403, body: "restricted"},
			"guest approval failed with status 403: the response says why"},
		{"no JSON", "jane@example.com", answer{status: 200, body: "<html>"}, unusable},
		{"no id", "jane@example.com", answer{status: 200, body: `{"response":{"email":"jane@example.com"}}`}, unusable},
		{"number as id", "jane@example.com", answer{status: 200, body: `{"response":{"id":42}}`}, unusable},
		{"number as email", "jane@example.com", answer{status: 200, body: `{"response":{"id":"42","email":42}}`}, unusable},
		{"no email", "jane@example.com", answer{status: 200, body: `{"response":{"id":"42"}}`},
			`approved another guest: the sharing link is for "", not for "jane@example.com"`},
		{"zero-width space", "jane\u200b@example.com", answer{status: 200, body: approvalAnswer},
			`approved another guest: the sharing link is for "Jane@example.com", not for "jane\u200b@example.com"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, test.answer)
			id, err := approveGuest(test.email, fullLink)
			if id != "" || fmt.Sprint(err) != test.want {
				t.Errorf("approveGuest returned %q and the error %v, want \"\" and %s", id, err, test.want)
			}
		})
	}
}

const (
	deletionAnswer  = `{"count":0,"status":0,"statusCode":200}`
	deletionRequest = `DELETE http://portal.example/api/2.0/people/guests
Authorization: Bearer sk-secret
Content-Type: application/json
{"resendAll":false,"userIds":["` + guestID + `"]}
`
)

func TestDeleteGuest(t *testing.T) {
	portal := newPortal(t, answer{status: 299, body: deletionAnswer})
	if err := deleteGuest(guestID); err != nil {
		t.Errorf("deleteGuest returned the error %v, want none", err)
	}
	portal.checkRequests(deletionRequest)
}

func TestDeleteGuestFailure(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer answer
		want   string
	}{
		{"status 300", answer{status: 300}, "guest deletion failed with status 300"},
		{"status 402", answer{status: 402},
			"guest deletion failed with status 402: the portal is not paid for, or has no licence"},
		{"half an answer", answer{status: 200, body: "half", cut: true},
			"guest deletion failed, or only its answer was lost: reading the answer with status 200: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, test.answer)
			if err := deleteGuest(guestID); fmt.Sprint(err) != test.want {
				t.Errorf("deleteGuest returned the error %v, want %s", err, test.want)
			}
		})
	}
}

// Each of the three requests ends if nobody answers it, and no error shows a secret.
func TestClientTimeout(t *testing.T) {
	if client.Timeout != 30*time.Second {
		t.Errorf("the client's timeout is %v, want 30s", client.Timeout)
	}
	replace(t, &client.Timeout, 10*time.Millisecond)
	replace(t, &apiHost, "http://portal.example")
	replace(t, &apiKey, "sk-secret")
	for name, call := range map[string]func() error{
		"link":     func() error { _, err := linkQuery("http://portal.example/s/secret"); return err },
		"approval": func() error { _, err := approveGuest("jane@example.com", fullLink); return err },
		"deletion": func() error { return deleteGuest(guestID) },
	} {
		t.Run(name, func(t *testing.T) {
			// A server that has not started lets clients connect, but never answers.
			server := httptest.NewUnstartedServer(nil)
			defer server.Listener.Close()
			// A call without a timeout ends when the listener is closed.
			time.AfterFunc(5*time.Second, func() { server.Listener.Close() })
			sendAllTo(t, server.Listener)
			err := call()
			var cause net.Error
			if !errors.As(err, &cause) || !cause.Timeout() || strings.Contains(err.Error(), "secret") {
				t.Errorf("got the error %v, want one that wraps a timeout and shows neither link nor key", err)
			}
		})
	}
}

// From here on, the tests run the whole program and compare what it prints. The
// settings of this run are as one pastes them. With -v, it shows the output.
func TestProgramSuccess(t *testing.T) {
	portal := newPortal(t,
		answer{status: 302, location: fullLink},
		answer{status: 200, body: approvalAnswer},
		answer{status: 200, body: deletionAnswer})
	exitStatus, stderr, stdout := portal.run(
		"DOCSPACE_API_HOST=\"http://portal.example//\"",
		"DOCSPACE_API_KEY=sk-secret\r\n",
		"DOCSPACE_GUEST_EMAIL=“jane@example.com”",
		"DOCSPACE_GUEST_LINK=<http://portal.example/s/secret>")
	if testing.Verbose() {
		t.Logf("the program prints:\n%s", stdout)
	}
	if exitStatus != 0 {
		t.Errorf("the exit status is %d, want 0", exitStatus)
	}
	compare(t, "standard error", stderr, "")
	compare(t, "standard output", stdout, `Approving guest...
Status Code: 200
Raw Response: `+approvalAnswer+`
Approved guest: Jane Doe (Jane@example.com)

Deleting guest...
Status Code (delete): 200
Raw Response (delete): `+deletionAnswer+`
Guest with ID `+guestID+` deleted successfully.
`)
	portal.checkRequests("GET http://portal.example/s/secret\n\n" + approvalRequest + deletionRequest)
}

func TestProgramFailure(t *testing.T) {
	// Split in two, so that replacing the placeholders throughout this file spares this test.
	const placeholder = "https://your" + "portal.onlyoffice.com/your" + "_api_key"
	for _, test := range []struct {
		name, setting          string
		answers                []answer
		wantStderr, wantStdout string
	}{
		{"host still the placeholder", "DOCSPACE_API_HOST=" + placeholder, nil,
			"DOCSPACE_API_HOST is empty or still the placeholder\n", ""},
		{"key still the placeholder", "DOCSPACE_API_KEY=" + placeholder, nil,
			"DOCSPACE_API_KEY is empty or still the placeholder\n", ""},
		{"host without a name", "DOCSPACE_API_HOST=https://", nil,
			"guest approval failed, or only its answer was lost: " +
				"Post \"https:/api/2.0/people/guests/share/approve\": http: no Host in request URL\n",
			"Approving guest...\n"},
		{"link without https://", "DOCSPACE_GUEST_LINK=portal.example/s/secret", nil,
			"guest approval failed: asking where the sharing link leads: unsupported protocol scheme \"\"\n",
			"Approving guest...\n"},
		// A link that is still the placeholder is none. The body is printed as it is.
		{"approval refused", "DOCSPACE_GUEST_LINK=" + placeholder, []answer{{status: 403, body: "100%\r\n"}},
			"guest approval failed with status 403: the response says why\n",
			"Approving guest...\nStatus Code: 403\nRaw Response: 100%\r\n\n" +
				"Guest approval failed. Status code: 403, Message: 100%\r\n\n"},
		{"link of another guest", "DOCSPACE_GUEST_EMAIL=jane@example.co", []answer{{status: 200, body: approvalAnswer}},
			"approved another guest: the sharing link is for \"Jane@example.com\", not for \"jane@example.co\"\n",
			"Approving guest...\nStatus Code: 200\nRaw Response: " + approvalAnswer + "\n" +
				"Approved guest: Jane Doe (Jane@example.com)\n"},
		{"deletion refused", "", []answer{{status: 200, body: approvalAnswer}, {status: 502, body: "100%\r\n"}},
			"guest deletion failed with status 502: the portal may have deleted the guest all the same\n",
			"Approving guest...\nStatus Code: 200\nRaw Response: " + approvalAnswer + "\n" +
				"Approved guest: Jane Doe (Jane@example.com)\n\nDeleting guest...\n" +
				"Status Code (delete): 502\nRaw Response (delete): 100%\r\n\n" +
				"Guest deletion failed. Status code: 502, Message: 100%\r\n\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			exitStatus, stderr, stdout := newPortal(t, test.answers...).run(test.setting)
			if exitStatus != 1 {
				t.Errorf("the exit status is %d, want 1", exitStatus)
			}
			compare(t, "standard error", stderr, test.wantStderr)
			compare(t, "standard output", stdout, test.wantStdout)
		})
	}
}

// TestMain lets the test binary be the program, so that run can start it.
func TestMain(m *testing.M) {
	if os.Getenv("MANAGE_GUESTS_TEST_MAIN") != "" {
		main()
		return
	}
	m.Run()
}

// replace gives a variable another value until the test ends.
func replace[T any](t *testing.T, variable *T, value T) {
	old := *variable
	*variable = value
	t.Cleanup(func() { *variable = old })
}

// compare ends the test at the first line in which a text is not as wanted. With
// (end) after both, one that is too short or too long differs in a line, too.
func compare(t *testing.T, name, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got+"(end)", "\n"), strings.Split(want+"(end)", "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("line %d of the %s is %q, want %q", i+1, name, gotLines[i], wantLines[i])
		}
	}
}

// answer is what the stand-in gives to one request.
type answer struct {
	status         int
	location, body string
	cut            bool // The answer promises more than its body.
}

// portal stands in for a DocSpace portal: it gives each request the next of the
// answers that the test chose, and notes what arrived.
type portal struct {
	*httptest.Server
	t        *testing.T
	answers  []answer
	requests strings.Builder
}

// newPortal starts a stand-in, which gets the requests to any host until the test
// ends. It sets the host and the key, and drops what the functions print.
func newPortal(t *testing.T, answers ...answer) *portal {
	p := &portal{t: t, answers: answers}
	p.Server = httptest.NewServer(p)
	t.Cleanup(func() {
		p.Close()
		if len(p.answers) > 0 && !t.Failed() {
			t.Errorf("%d requests too few", len(p.answers))
		}
	})
	sendAllTo(t, p.Listener)
	replace(t, &apiHost, "http://portal.example")
	replace(t, &apiKey, "sk-secret")
	replace(t, &os.Stdout, nil)
	return p
}

// sendAllTo makes a listener the proxy of all requests until the test ends, so that
// none leaves this machine. A client without a Transport has the default one.
func sendAllTo(t *testing.T, listener net.Listener) {
	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	replace[http.RoundTripper](t, &http.DefaultTransport, &http.Transport{Proxy: http.ProxyURL(proxy)})
}

// ServeHTTP notes a request, without the headers that net/http adds, and answers it.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(&p.requests, "%s %s\n", r.Method, r.RequestURI)
	r.Header.WriteSubset(&p.requests, map[string]bool{"Accept-Encoding": true, "Content-Length": true, "User-Agent": true})
	fmt.Fprintf(&p.requests, "%s\n", body)
	if len(p.answers) == 0 {
		p.t.Errorf("a request too many: %s %s", r.Method, r.RequestURI)
		w.WriteHeader(500)
		return
	}
	next := p.answers[0]
	p.answers = p.answers[1:]
	w.Header().Set("Location", next.location)
	if next.cut {
		w.Header().Set("Content-Length", "500")
	}
	w.WriteHeader(next.status)
	io.WriteString(w, next.body)
}

// checkRequests ends the stand-in and compares the requests that arrived.
func (p *portal) checkRequests(want string) {
	p.t.Helper()
	p.Close()
	compare(p.t, "requests", strings.ReplaceAll(p.requests.String(), "\r", ""), want)
}

// run runs the program as a process of its own, with good settings but for these: of
// two with one name, the later counts.
func (p *portal) run(settings ...string) (exitStatus int, stderr, stdout string) {
	binary, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	var out, errs strings.Builder
	cmd := exec.Command(binary)
	cmd.Env = append([]string{
		"DOCSPACE_API_HOST=http://portal.example",
		"DOCSPACE_API_KEY=sk-secret",
		"DOCSPACE_GUEST_EMAIL=jane@example.com",
		"DOCSPACE_GUEST_LINK=" + fullLink,
		"HTTP_PROXY=" + p.URL,
		"HTTPS_PROXY=" + p.URL,
		"MANAGE_GUESTS_TEST_MAIN=1",
		"GOCOVERDIR=" + p.t.TempDir(), // Without it, go test -cover adds a line to standard error.
	}, settings...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if cmd.ProcessState == nil { // The process did not start. An exit status of 1 is an error, too.
		p.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), errs.String(), out.String()
}
