package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	query    = "type=GuestShareLink&key=533217614623.secret%2BH5L2&encemail=NBAa%3D&uid=27ab"
	fullLink = "/confirm/GuestShareLink?" + query
	guestID  = "401a36ae-b1a7-4ef4-9545-dd45c18e82bf"
	profile  = `{"response":{"id":"` + guestID + `","displayName":"Jane Doe","email":"jane@example.com"}}`
	removal  = `{"count":0,"status":0,"statusCode":200}`
)

func TestSetting(t *testing.T) {
	for _, test := range []struct{ name, value, fallback, want string }{
		{"variable", "variable", "default", "variable"},
		{"no variable", "", "default", "default"},
		{"nothing but blanks and quotes", `" "`, "default", "default"},
		{"edited default", "", " 'default' ", "default"},
		{"placeholder host", "https://your" + "portal.onlyoffice.com/", "default", ""},
		{"default still the placeholder", "", "http://your" + "portal.onlyoffice.com", ""},
		{"placeholder key", "Bearer your" + "_api_key", "default", ""},
		{"no placeholder", "https://my-your" + "portal.onlyoffice.com", "", "https://my-your" + "portal.onlyoffice.com"},
		{"inside", "a \"'\u00a0\u200b b", "", "a \"'\u00a0\u200b b"},
		{"blanks", " variable ", "", "variable"},
		{"tabs", "\tvariable\t", "", "variable"},
		{"carriage returns", "\rvariable\r", "", "variable"},
		{"line feeds", "\nvariable\n", "", "variable"},
		{"no-break spaces", "\u00a0variable\u00a0", "", "variable"},
		{"zero-width spaces", "\u200bvariable\u200b", "", "variable"},
		{"byte order mark", "\ufeffvariable", "", "variable"},
		{"double quotes", `"variable"`, "", "variable"},
		{"single quotes", `'variable'`, "", "variable"},
		{"curly double quotes", "“variable”", "", "variable"},
		{"curly single quotes", "‘variable’", "", "variable"},
		{"low double quote", "„variable“", "", "variable"},
		{"low single quote", "‚variable‘", "", "variable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DOCSPACE_TEST", test.value)
			if got := setting("DOCSPACE_TEST", test.fallback); got != test.want {
				t.Errorf("setting returned %q, want %q", got, test.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	for _, test := range []struct{ name, key, want string }{
		{"bare key", "sk-secret", "Bearer sk-secret"},
		{"key with Bearer", "Bearer sk-secret", "Bearer sk-secret"},
		{"email and password", "Basic amFuZTpzZWNyZXQ=", "Basic amFuZTpzZWNyZXQ="},
	} {
		t.Run(test.name, func(t *testing.T) {
			replace(t, &apiKey, test.key)
			if got := headers().Get("Authorization"); got != test.want {
				t.Errorf("headers returned the Authorization %q, want %q", got, test.want)
			}
		})
	}
}

func TestFetch(t *testing.T) {
	portal := newPortal(t, answer{status: 404, body: "not found\r\n"})
	status, raw, err := fetch("PUT", portal.URL+"/path?a=b", http.Header{"Confirm": {"c=d"}}, []string{"e"})
	if status != 404 || raw != "not found\r\n" || err != nil {
		t.Errorf("fetch returned %d, %q and the error %v, want 404 and \"not found\\r\\n\"", status, raw, err)
	}
	portal.received("PUT /path?a=b\nConfirm: c=d\n" + `["e"]` + "\n")
}

// A redirect is returned like any other answer. Following it would be a second request.
func TestFetchRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			portal := newPortal(t, answer{status: status, location: "/elsewhere"})
			if got, _, err := fetch("DELETE", portal.URL, nil, ""); got != status || err != nil {
				t.Errorf("fetch returned %d and the error %v, want %d", got, err, status)
			}
		})
	}
}

func TestFetchFailure(t *testing.T) {
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, profile)
	}))
	defer half.Close()
	for _, test := range []struct {
		name, url string
		payload   any
		want      string
	}{
		{"no JSON form", half.URL, func() {}, "json: unsupported type: func()"},
		{"no URL", "127.0.0.1:80", "", `parse "127.0.0.1:80": first path segment in URL cannot contain colon`},
		{"no scheme", "portal.example", "", `Post "portal.example": unsupported protocol scheme ""`},
		{"half an answer", half.URL, "", "reading the answer: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, raw, err := fetch("POST", test.url, nil, test.payload)
			if status != 0 || raw != "" || err == nil || err.Error() != test.want {
				t.Errorf("fetch returned %d, %q and the error %v, want the error %s", status, raw, err, test.want)
			}
		})
	}
}

func TestLinkQuery(t *testing.T) {
	again := answer{status: 301, location: "/s/secret"}
	full := answer{status: 302, location: fullLink}
	for _, test := range []struct {
		name, link string
		answers    []answer
	}{
		{"full link", fullLink + "#top", nil},
		{"short link", "/s/secret", []answer{full}},
		{"short link by http", "/s/secret", []answer{again, full}},
		{"five redirects", "/s/secret", []answer{again, again, again, again, full}},
	} {
		t.Run(test.name, func(t *testing.T) {
			portal := newPortal(t, test.answers...)
			if got, err := linkQuery(portal.URL + test.link); got != query || err != nil {
				t.Errorf("linkQuery returned %q and the error %v, want %q", got, err, query)
			}
			portal.received(strings.Repeat("GET /s/secret\n\n", len(test.answers)))
		})
	}
}

func TestLinkQueryWithoutGuest(t *testing.T) {
	again := answer{status: 302, location: "/s/secret"}
	for _, test := range []struct {
		name    string
		answers []answer
		want    string
	}{
		{"unknown link", []answer{{status: 302, location: "/"}, {status: 200}}, "(status 200)"},
		{"room's link", []answer{{status: 302, location: "/?type=LinkInvite"}, {status: 200}}, "(status 200)"},
		{"circle", []answer{again, again, again, again, again, again}, "(status 302)"},
		{"too many requests", []answer{{status: 429}}, "(status 429)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			portal := newPortal(t, test.answers...)
			got, err := linkQuery(portal.URL + "/s/secret")
			want := "the sharing link led to no guest " + test.want
			if got != "" || err == nil || err.Error() != want {
				t.Errorf("linkQuery returned %q and the error %v, want the error %s", got, err, want)
			}
		})
	}
}

func TestLinkQueryWithoutURL(t *testing.T) {
	for _, test := range []struct{ name, link, want string }{
		{"no scheme", "portal.example/s/secret", `asking where the sharing link leads: unsupported protocol scheme ""`},
		{"no URL", "https://portal.example/%secret", "the sharing link is not a URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := linkQuery(test.link)
			if got != "" || err == nil || err.Error() != test.want {
				t.Errorf("linkQuery returned %q and the error %v, want the error %s", got, err, test.want)
			}
		})
	}
}

func TestApproveGuest(t *testing.T) {
	for _, status := range []int{200, 299} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			portal := newPortal(t, answer{status: status, body: profile})
			printed := captureStdout(t)
			id, err := approveGuest("jane@example.com", portal.URL+fullLink)
			if id != guestID || err != nil {
				t.Errorf("approveGuest returned %q and the error %v, want %q", id, err, guestID)
			}
			portal.received(`POST /api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Confirm: ` + query + `
Content-Type: application/json
{"email":"jane@example.com"}
`)
			want := fmt.Sprintf("Status Code: %d\nRaw Response: %s\nApproved guest: Jane Doe (jane@example.com)\n",
				status, profile)
			if got := printed(); got != want {
				t.Errorf("approveGuest printed\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Without a link there is no Confirm, and the answer may name another email.
func TestApproveGuestWithoutLink(t *testing.T) {
	portal := newPortal(t, answer{status: 200, body: profile})
	captureStdout(t)
	id, err := approveGuest("jo@example.com", "")
	if id != guestID || err != nil {
		t.Errorf("approveGuest returned %q and the error %v, want %q", id, err, guestID)
	}
	portal.received(`POST /api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Content-Type: application/json
{"email":"jo@example.com"}
`)
}

func TestApproveGuestRefused(t *testing.T) {
	const (
		checkHost  = ": check that the host is the portal's address alone, with https://"
		checkEmail = ": check that the email is an address"
		checkLink  = ": check the sharing link, which works for seven days, and the key"
		checkRole  = ": check that there is a guest's sharing link and that the key is a room admin's"
	)
	for _, test := range []struct {
		status      int
		body, check string
	}{
		{101, "", ""},
		{300, "", ""},
		{301, "", checkHost},
		{302, "", checkHost},
		{307, "", checkHost},
		{308, "", checkHost},
		{400, `{"title":"One or more validation errors occurred."}`, checkEmail},
		{401, "", checkLink},
		{403, "The access to the portal is restricted", checkRole},
		{404, "<html>\r\n100% nginx\r\n</html>\r\n", checkHost},
		{405, "<html>", checkHost},
		{500, "", ""},
	} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			portal := newPortal(t, answer{status: test.status, body: test.body})
			printed := captureStdout(t)
			id, err := approveGuest("jane@example.com", portal.URL+fullLink)
			wantError := fmt.Sprintf("guest approval failed with status %d%s", test.status, test.check)
			if id != "" || err == nil || err.Error() != wantError {
				t.Errorf("approveGuest returned %q and the error %v, want the error %s", id, err, wantError)
			}
			want := fmt.Sprintf("Status Code: %d\nRaw Response: %s\nGuest approval failed. Status code: %d, Message: %s\n",
				test.status, test.body, test.status, test.body)
			if got := printed(); got != want {
				t.Errorf("approveGuest printed\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestApproveGuestUnsent(t *testing.T) {
	for _, test := range []struct{ name, host, link, want string }{
		{"link without https://", "", "portal.example/s/secret",
			`guest approval failed: asking where the sharing link leads: unsupported protocol scheme ""`},
		{"host without https://", "portal.example", "",
			`guest approval failed: Post "portal.example/api/2.0/people/guests/share/approve": unsupported protocol scheme ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			replace(t, &apiHost, test.host)
			id, err := approveGuest("jane@example.com", test.link)
			if id != "" || err == nil || err.Error() != test.want {
				t.Errorf("approveGuest returned %q and the error %v, want the error %s", id, err, test.want)
			}
		})
	}
}

// An answer that does not tell whom the portal approved leaves nobody to delete.
func TestApproveGuestWithoutID(t *testing.T) {
	for _, test := range []struct{ name, body string }{
		{"no JSON", "<html>"},
		{"no id", `{"response":{"email":"jane@example.com"}}`},
		{"a number as id", `{"response":{"id":42,"email":"jane@example.com"}}`},
		{"a number as email", `{"response":{"id":"` + guestID + `","email":42}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			newPortal(t, answer{status: 200, body: test.body})
			captureStdout(t)
			const want = "the answer to the guest approval is not JSON with the guest's id"
			id, err := approveGuest("jane@example.com", "")
			if id != "" || err == nil || err.Error() != want {
				t.Errorf("approveGuest returned %q and the error %v, want the error %s", id, err, want)
			}
		})
	}
}

// The portal approves the guest of the link, who is jane@example.com here.
func TestApproveGuestEmail(t *testing.T) {
	for _, test := range []struct{ name, email, wantID, wantError string }{
		{"capitals", "Jane@Example.com", guestID, "<nil>"},
		{"another guest", "jo@example.com", "",
			`approved another guest: the sharing link is for "jane@example.com", not for "jo@example.com"`},
		{"zero-width space", "jane\u200b@example.com", "",
			`approved another guest: the sharing link is for "jane@example.com", not for "jane\u200b@example.com"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			portal := newPortal(t, answer{status: 200, body: profile})
			captureStdout(t)
			id, err := approveGuest(test.email, portal.URL+fullLink)
			if id != test.wantID || fmt.Sprint(err) != test.wantError {
				t.Errorf("approveGuest returned %q and the error %v, want %q and %s", id, err, test.wantID, test.wantError)
			}
		})
	}
}

func TestDeleteGuest(t *testing.T) {
	for _, status := range []int{200, 299} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			portal := newPortal(t, answer{status: status, body: removal})
			printed := captureStdout(t)
			if err := deleteGuest(guestID); err != nil {
				t.Errorf("deleteGuest returned the error %v, want none", err)
			}
			portal.received(`DELETE /api/2.0/people/guests
Authorization: Bearer sk-secret
Content-Type: application/json
{"resendAll":false,"userIds":["` + guestID + `"]}
`)
			want := fmt.Sprintf("Status Code (delete): %d\nRaw Response (delete): %s\nGuest with ID %s deleted successfully.\n",
				status, removal, guestID)
			if got := printed(); got != want {
				t.Errorf("deleteGuest printed\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestDeleteGuestRefused(t *testing.T) {
	for _, test := range []struct {
		status      int
		body, check string
	}{
		{101, "", ""},
		{300, "", ""},
		{401, "", ": check the key; the approval went by the sharing link alone"},
		{402, `{"status":402}`, ": check the portal's payment or licence"},
		{403, `{"error":{"message":"Access denied"}}`,
			": check that the key is a room admin's and has Write for Contacts (accounts:write)"},
		{502, "<html>\r\n100% nginx\r\n</html>\r\n", ""},
	} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			newPortal(t, answer{status: test.status, body: test.body})
			printed := captureStdout(t)
			err := deleteGuest(guestID)
			wantError := fmt.Sprintf("guest deletion failed with status %d%s", test.status, test.check)
			if err == nil || err.Error() != wantError {
				t.Errorf("deleteGuest returned the error %v, want %s", err, wantError)
			}
			want := fmt.Sprintf("Status Code (delete): %d\nRaw Response (delete): %s\n"+
				"Guest deletion failed. Status code: %d, Message: %s\n",
				test.status, test.body, test.status, test.body)
			if got := printed(); got != want {
				t.Errorf("deleteGuest printed\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestDeleteGuestUnsent(t *testing.T) {
	replace(t, &apiHost, "portal.example")
	const want = `guest deletion failed: Delete "portal.example/api/2.0/people/guests": unsupported protocol scheme ""`
	if err := deleteGuest(guestID); err == nil || err.Error() != want {
		t.Errorf("deleteGuest returned the error %v, want %s", err, want)
	}
}

// Each of the three requests ends if nobody answers it, and no error shows the link.
func TestClientTimeout(t *testing.T) {
	if client.Timeout != 30*time.Second {
		t.Errorf("the client's timeout is %v, want 30s", client.Timeout)
	}
	// A listener that accepts no connection never answers.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	replace(t, &apiHost, "http://"+listener.Addr().String())
	replace(t, &client.Timeout, 10*time.Millisecond)
	_, link := approveGuest("jane@example.com", apiHost+"/s/secret")
	_, approval := approveGuest("jane@example.com", apiHost+fullLink)
	deletion := deleteGuest(guestID)
	for _, test := range []struct {
		name string
		err  error
	}{
		{"link", link},
		{"approval", approval},
		{"deletion", deletion},
	} {
		t.Run(test.name, func(t *testing.T) {
			var cause net.Error
			if !errors.As(test.err, &cause) || !cause.Timeout() || strings.Contains(test.err.Error(), "secret") {
				t.Errorf("got the error %v, want a timeout, and no link", test.err)
			}
		})
	}
}

// The whole program, with its settings as one pastes them.
func TestTranscript(t *testing.T) {
	portal := newPortal(t,
		answer{status: 302, location: fullLink},
		answer{status: 200, body: profile},
		answer{status: 200, body: removal})
	stdout, stderr, exitStatus := portal.run(
		"DOCSPACE_API_HOST=\""+portal.URL+"/\"",
		"DOCSPACE_API_KEY=sk-secret\r\n",
		"DOCSPACE_GUEST_EMAIL=“jane@example.com”",
		"DOCSPACE_GUEST_LINK= "+portal.URL+"/s/secret",
	)
	t.Logf("the program prints:\n%s", stdout)
	want := `Approving guest...
Status Code: 200
Raw Response: ` + profile + `
Approved guest: Jane Doe (jane@example.com)

Deleting guest...
Status Code (delete): 200
Raw Response (delete): ` + removal + `
Guest with ID ` + guestID + ` deleted successfully.
`
	if stdout != want || stderr != "" || exitStatus != 0 {
		t.Errorf("the program printed\n%s\nand on standard error\n%s\nand exited with %d, want 0 and\n%s",
			stdout, stderr, exitStatus, want)
	}
	portal.received(`GET /s/secret

POST /api/2.0/people/guests/share/approve
Authorization: Bearer sk-secret
Confirm: ` + query + `
Content-Type: application/json
{"email":"jane@example.com"}
DELETE /api/2.0/people/guests
Authorization: Bearer sk-secret
Content-Type: application/json
{"resendAll":false,"userIds":["` + guestID + `"]}
`)
	if len(portal.connections) != 1 {
		t.Errorf("the program opened %d connections, want 1", len(portal.connections))
	}
}

func TestEmptySetting(t *testing.T) {
	for _, name := range []string{"DOCSPACE_API_HOST", "DOCSPACE_API_KEY"} {
		t.Run(name, func(t *testing.T) {
			// The placeholders are split, so that replacing them throughout this file leaves them alone.
			stdout, stderr, exitStatus := newPortal(t).run(name + "=https://your" + "portal.onlyoffice.com/your" + "_api_key")
			want := name + " is empty or still the placeholder\n"
			if stdout != "" || stderr != want || exitStatus != 1 {
				t.Errorf("the program printed %q and on standard error\n%s\nand exited with %d, want \"\", 1 and\n%s",
					stdout, stderr, exitStatus, want)
			}
		})
	}
}

// A host without a name, such as https://$PORTAL with PORTAL unset, must not make one of the path.
func TestHostWithoutName(t *testing.T) {
	portal := newPortal(t)
	_, stderr, exitStatus := portal.run("DOCSPACE_API_HOST=https://")
	if !strings.HasSuffix(stderr, "http: no Host in request URL\n") || exitStatus != 1 {
		t.Errorf("the program printed on standard error\n%s\nand exited with %d, want 1 and no Host", stderr, exitStatus)
	}
}

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		name                   string
		answers                []answer
		wantStdout, wantStderr string
	}{
		{
			name:    "approval",
			answers: []answer{{status: 403, body: "Access denied"}},
			wantStdout: `Approving guest...
Status Code: 403
Raw Response: Access denied
Guest approval failed. Status code: 403, Message: Access denied
`,
			wantStderr: "guest approval failed with status 403: " +
				"check that there is a guest's sharing link and that the key is a room admin's\n",
		},
		{
			name:    "deletion",
			answers: []answer{{status: 200, body: profile}, {status: 401}},
			wantStdout: "Approving guest...\nStatus Code: 200\nRaw Response: " + profile + `
Approved guest: Jane Doe (jane@example.com)

Deleting guest...
Status Code (delete): 401
Raw Response (delete): 
Guest deletion failed. Status code: 401, Message: 
`,
			wantStderr: "guest deletion failed with status 401: check the key; the approval went by the sharing link alone\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			portal := newPortal(t, test.answers...)
			stdout, stderr, exitStatus := portal.run()
			if stdout != test.wantStdout || stderr != test.wantStderr || exitStatus != 1 {
				t.Errorf("the program printed\n%s\nand on standard error\n%s\nand exited with %d, want 1 and\n%s\nand\n%s",
					stdout, stderr, exitStatus, test.wantStdout, test.wantStderr)
			}
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

// captureStdout keeps what is printed until the test ends, and returns a function that tells it.
func captureStdout(t *testing.T) func() string {
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	replace(t, &os.Stdout, file)
	t.Cleanup(func() { file.Close() })
	return func() string {
		printed, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(printed)
	}
}

// answer is what the stand-in gives to one request.
type answer struct {
	status         int
	location, body string
}

// portal stands in for a DocSpace portal: it gives each request the next of the
// answers that the test chose, and notes what arrived.
type portal struct {
	*httptest.Server
	t           *testing.T
	mu          sync.Mutex
	answers     []answer
	requests    strings.Builder
	connections map[string]bool
}

// newPortal starts a stand-in and makes it the host, with the key sk-secret, until
// the test ends. The test fails if there are more or fewer requests than answers.
func newPortal(t *testing.T, answers ...answer) *portal {
	p := &portal{t: t, answers: answers, connections: map[string]bool{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(func() {
		p.Close()
		if len(p.answers) > 0 {
			t.Errorf("%d requests too few", len(p.answers))
		}
	})
	replace(t, &apiHost, p.URL)
	replace(t, &apiKey, "sk-secret")
	return p
}

// ServeHTTP notes a request, without the headers that net/http adds, and answers it.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(&p.requests, "%s %s\n", r.Method, r.RequestURI)
	r.Header.WriteSubset(&p.requests, map[string]bool{"Accept-Encoding": true, "Content-Length": true, "User-Agent": true})
	fmt.Fprintf(&p.requests, "%s\n", body)
	p.connections[r.RemoteAddr] = true
	if len(p.answers) == 0 {
		p.t.Errorf("a request too many: %s %s", r.Method, r.RequestURI)
		w.WriteHeader(500)
		return
	}
	next := p.answers[0]
	p.answers = p.answers[1:]
	if next.location != "" {
		w.Header().Set("Location", "http://"+r.Host+next.location)
	}
	w.WriteHeader(next.status)
	io.WriteString(w, next.body)
}

// received compares the requests that arrived with those that were wanted.
func (p *portal) received(want string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if got := strings.ReplaceAll(p.requests.String(), "\r", ""); got != want {
		p.t.Errorf("the portal received\n%s\nwant\n%s", got, want)
	}
}

// run runs the program as a process of its own, with good settings but for these.
// The stand-in is the proxy, too, so that a request to any other host ends there.
func (p *portal) run(settings ...string) (stdout, stderr string, exitStatus int) {
	binary, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	var out, errs strings.Builder
	cmd := exec.Command(binary)
	cmd.Env = append([]string{
		"DOCSPACE_API_HOST=" + p.URL,
		"DOCSPACE_API_KEY=sk-secret",
		"DOCSPACE_GUEST_EMAIL=jane@example.com",
		"DOCSPACE_GUEST_LINK=" + p.URL + fullLink,
		"HTTP_PROXY=" + p.URL,
		"HTTPS_PROXY=" + p.URL,
		"MANAGE_GUESTS_TEST_MAIN=1",
		"GOCOVERDIR=" + p.t.TempDir(), // Without it, go test -cover adds a line to standard error.
	}, settings...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run()
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
