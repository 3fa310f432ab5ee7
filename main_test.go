package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the stand-in portal knows. The secrets all contain the word secret, so
// that run can look for it in what the program prints.
const (
	apiKeySecret = "sk-secret"
	authToken    = "secret+token/=="
	linkQuery    = "type=GuestShareLink&key=secret%2B%2F=&encemail=a%20b%3D&uid=66faa6e4"
	longLink     = "https://portal.example/confirm/GuestShareLink?" + linkQuery
	shortLink    = "https://portal.example/s/secret"

	guestID    = "75a5f745-f697-4418-b38d-0fe0d277e258"
	guestEmail = "ann@example.com"
	profile    = `{"response":{"email":"ann@example.com","id":"75a5f745-f697-4418-b38d-0fe0d277e258","displayName":"Анна \"Ann\" <O'Hara> & Co"},"count":1,"status":0,"statusCode":200}`
	envelope   = `{"count":0,"status":0,"statusCode":200}`

	approvePath = "/api/2.0/people/guests/share/approve"
	guestsPath  = "/api/2.0/people/guests"
)

// transcript is what the program prints when both steps work.
const transcript = `Approving guest...
Status Code: 200
Raw Response: {"response":{"email":"ann@example.com","id":"75a5f745-f697-4418-b38d-0fe0d277e258","displayName":"Анна \"Ann\" <O'Hara> & Co"},"count":1,"status":0,"statusCode":200}
Approved guest: Анна "Ann" <O'Hara> & Co (ann@example.com)

Deleting guest...
Status Code (delete): 200
Raw Response (delete): {"count":0,"status":0,"statusCode":200}
Guest with ID 75a5f745-f697-4418-b38d-0fe0d277e258 deleted successfully.
`

// request is what the tests compare of a request.
type request struct {
	method, path, authorization, contentType, confirm, body string
}

// flow returns the two requests of a run in which both steps work.
func flow(base, authorization, confirm, emailJSON string) []request {
	return []request{
		{"POST", base + approvePath, authorization, "application/json", confirm, `{"email":` + emailJSON + `}`},
		{"DELETE", base + guestsPath, authorization, "application/json", "", `{"userIds":["` + guestID + `"],"resendAll":false}`},
	}
}

// wholeFlow holds the two requests that a portal's settings lead to.
var wholeFlow = flow("", "Bearer "+apiKeySecret, linkQuery, `"ann@example.com"`)

// answers holds, by method, what a portal is to answer.
type answers map[string]http.HandlerFunc

// portal stands in for a DocSpace portal with one guest to approve. It answers
// as a live one does, except to the methods in answers.
type portal struct {
	URL     string
	answers answers

	mu          sync.Mutex
	approved    bool
	requests    []request
	connections map[string]bool // The protocol and the client's address of each.
}

// newPortal starts a portal that stops when the test ends.
func newPortal(t testing.TB, answers answers) *portal {
	p := &portal{answers: answers, connections: map[string]bool{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// settings returns the environment with which the program works on p.
func (p *portal) settings() []string {
	return []string{
		"DOCSPACE_API_HOST=" + p.URL,
		"DOCSPACE_API_KEY=" + apiKeySecret,
		"DOCSPACE_GUEST_EMAIL=" + guestEmail,
		"DOCSPACE_GUEST_LINK=" + longLink,
	}
}

// received returns the requests that came in since it was last called.
func (p *portal) received() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	requests := p.requests
	p.requests = nil
	return requests
}

// ServeHTTP records a request and answers it.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.connections[r.Proto+" "+r.RemoteAddr] = true
	p.requests = append(p.requests, request{r.Method, r.URL.Path, r.Header.Get("Authorization"),
		r.Header.Get("Content-Type"), r.Header.Get("Confirm"), string(body)})
	respond := p.answers[r.Method]
	if respond == nil {
		respond = p.live(r, body)
	}
	p.mu.Unlock() // Before the answer, which may take its time.
	respond(w, r)
}

// live returns the answer of a live portal.
func (p *portal) live(r *http.Request, body []byte) http.HandlerFunc {
	var data struct {
		Email   string
		UserIDs []string
	}
	key := r.Header.Get("Authorization")
	switch {
	case key != "Bearer "+apiKeySecret && key != authToken:
		return answer(401, "")
	case json.Unmarshal(body, &data) != nil:
		return answer(400, failure)
	case r.Method == "POST" && r.URL.Path == approvePath:
		switch {
		case r.Header.Get("Confirm") == "":
			return answer(403, "")
		case r.Header.Get("Confirm") != linkQuery:
			return answer(401, "")
		case !strings.Contains(data.Email, "@"):
			return answer(400, failure)
		}
		p.approved = true
		return answer(200, profile)
	case r.Method == "DELETE" && r.URL.Path == guestsPath:
		if !p.approved || !slices.Equal(data.UserIDs, []string{guestID}) {
			return answer(403, failure)
		}
		p.approved = false
		return answer(200, envelope)
	}
	return answer(404, page)
}

// Two bodies that come with a failure: the application's and a proxy's.
const (
	failure = `{"status":1,"statusCode":403,"error":{"message":"Access denied","hresult":-2146233078}}`
	page    = "<html>\r\n<body>100% <b>down</b></body>\r\n</html>"
)

// answer returns a handler that answers every request alike.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// cutOff answers with less than it announces.
func cutOff(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	io.WriteString(w, profile)
}

// TestMain lets the test binary stand in for the program, so that run can start it.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// result is what a run of the program leaves behind.
type result struct {
	stdout, stderr string
	status         int
}

// run runs the program as a process whose environment holds these settings
// alone. It fails the test if the program prints a secret.
func run(t *testing.T, settings ...string) result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.Command(os.Args[0])
	// The last two keep the race detector from a second's wait, and the coverage
	// tool from a warning, at the end of the process.
	cmd.Env = append(settings, "RUN_MAIN=1", "GORACE=atexit_sleep_ms=0", "GOCOVERDIR="+t.TempDir())
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	got := result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	if strings.Contains(got.stdout+got.stderr, "secret") {
		t.Errorf("a secret was printed:\n%+v", got)
	}
	return got
}

// check compares the result of a run and the requests that reached p.
func check(t *testing.T, got, want result, p *portal, requests []request) {
	t.Helper()
	if got != want {
		t.Errorf("got the result\n%+v\nwant\n%+v", got, want)
	}
	if received := p.received(); !slices.Equal(received, requests) {
		t.Errorf("got the requests\n%+v\nwant\n%+v", received, requests)
	}
}

// swap gives a variable another value until the test ends.
func swap[T any](t testing.TB, variable *T, value T) {
	old := *variable
	t.Cleanup(func() { *variable = old })
	*variable = value
}

func TestTranscript(t *testing.T) {
	p := newPortal(t, nil)
	got := run(t, p.settings()...)
	t.Logf("the program prints:\n%s", got.stdout)
	check(t, got, result{stdout: transcript}, p, wholeFlow)
}

func TestSettings(t *testing.T) {
	const bearer, email = "Bearer " + apiKeySecret, `"ann@example.com"`
	tests := []struct {
		name, setting string // PORTAL stands for the portal's URL.
		want          []request
	}{
		{"host with a slash", "DOCSPACE_API_HOST=PORTAL/", flow("", bearer, linkQuery, email)},
		{"host with a path", "DOCSPACE_API_HOST=PORTAL/docspace", flow("/docspace", bearer, linkQuery, email)},
		{"host with a path and a slash", "DOCSPACE_API_HOST=PORTAL/docspace/", flow("/docspace", bearer, linkQuery, email)},
		{"no key", "DOCSPACE_API_KEY=", flow("", "your_api_key", linkQuery, email)},
		{"auth token", "DOCSPACE_API_KEY=" + authToken, flow("", authToken, linkQuery, email)},
		{"auth token with sk- inside", "DOCSPACE_API_KEY=skta-sk-1", flow("", "skta-sk-1", linkQuery, email)},
		{"key with Bearer", "DOCSPACE_API_KEY=" + bearer, flow("", bearer, linkQuery, email)},
		{"no email", "DOCSPACE_GUEST_EMAIL=", flow("", bearer, linkQuery, `"guest@example.com"`)},
		{"odd email", `DOCSPACE_GUEST_EMAIL="ы <&>"@example.com`, flow("", bearer, linkQuery, `"\"ы <&>\"@example.com"`)},
		{"no link", "DOCSPACE_GUEST_LINK=", flow("", bearer, "", email)},
		{"link with a fragment", "DOCSPACE_GUEST_LINK=" + longLink + "#top", flow("", bearer, linkQuery, email)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, answers{"POST": answer(200, profile), "DELETE": answer(200, envelope)})
			setting := strings.ReplaceAll(test.setting, "PORTAL", p.URL)
			got := run(t, append(p.settings(), setting)...)
			check(t, got, result{stdout: transcript}, p, test.want)
		})
	}
}

// Nothing may leave the machine before the host is set. The portal is the proxy
// here, so that it would see any attempt.
func TestFirstRun(t *testing.T) {
	const message = " is a placeholder: set DOCSPACE_API_HOST, DOCSPACE_API_KEY, DOCSPACE_GUEST_EMAIL and DOCSPACE_GUEST_LINK, or edit their defaults at the top of main.go\n"
	for setting, host := range map[string]string{
		"API_HOST=http://127.0.0.1:1":                         "https://yourportal.onlyoffice.com",
		"DOCSPACE_API_HOST=":                                  "https://yourportal.onlyoffice.com",
		"DOCSPACE_API_HOST=http://yourportal.onlyoffice.com/": "http://yourportal.onlyoffice.com/",
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, nil)
			got := run(t, setting, "HTTP_PROXY="+p.URL, "HTTPS_PROXY="+p.URL)
			check(t, got, result{stderr: host + message, status: 1}, p, nil)
		})
	}
}

// The environment's proxy is used. The hosts look much like the placeholder, but
// are not, so the program does not refuse them.
func TestProxy(t *testing.T) {
	for _, host := range []string{"http://yourportal.example", "http://ayourportal.onlyoffice.com"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, nil)
			got := run(t, append(p.settings(), "DOCSPACE_API_HOST="+host, "HTTP_PROXY="+p.URL)...)
			check(t, got, result{stdout: transcript}, p, wholeFlow)
		})
	}
}

func TestLinkWithoutQuery(t *testing.T) {
	const message = "guest approval failed: DOCSPACE_GUEST_LINK has no query: open the link in a browser and copy the long address that it leads to\n"
	for name, link := range map[string]string{
		"short":         shortLink,
		"empty query":   shortLink + "?",
		"fragment only": shortLink + "#?" + linkQuery,
		"no URL":        "https://portal.example/%secret?" + linkQuery,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, nil)
			got := run(t, append(p.settings(), "DOCSPACE_GUEST_LINK="+link)...)
			check(t, got, result{"Approving guest...\n", message, 1}, p, nil)
		})
	}
}

// Answers that differ from the usual ones and mean success all the same.
func TestSuccess(t *testing.T) {
	chunked := func(w http.ResponseWriter, r *http.Request) {
		half := len(profile) / 2
		io.WriteString(w, profile[:half])
		w.(http.Flusher).Flush()
		io.WriteString(w, profile[half:])
	}
	tests := []struct {
		name            string
		approve, delete http.HandlerFunc
		differences     []string // Old and new texts of the transcript, in turn.
	}{
		{"201, then 204 without a body", answer(201, profile), answer(204, ""),
			[]string{"Code: 200", "Code: 201", "(delete): 200", "(delete): 204", envelope, ""}},
		{"299 twice, then no JSON", answer(299, profile), answer(299, page),
			[]string{"Code: 200", "Code: 299", "(delete): 200", "(delete): 299", envelope, page}},
		{"chunked", chunked, answer(200, envelope), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, answers{"POST": test.approve, "DELETE": test.delete})
			want := result{stdout: strings.NewReplacer(test.differences...).Replace(transcript)}
			check(t, run(t, p.settings()...), want, p, wholeFlow)
		})
	}
}

func TestGuests(t *testing.T) {
	tests := []struct{ name, body, guest, id string }{
		{"number", `{"response":{"id":42,"displayName":"Jane","email":"j@example.com"}}`, "Jane (j@example.com)", "42"},
		{"long number", `{"response":{"id":1234567890123456789012,"displayName":"","email":""}}`, " ()", "1234567890123456789012"},
		{"escapes", `{"response":{"id":"<\u0026>","displayName":"\u042f","email":"\/"}}`, "Я (/)", "<&>"},
		{"nothing but an id", `{"response":{"id":"a"}}`, "undefined (undefined)", "a"},
		{"keys in upper case", `{"response":{"id":"a","ID":"b"},"Response":{"id":"c"}}`, "undefined (undefined)", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, answers{"POST": answer(200, test.body), "DELETE": answer(200, "")})
			got := run(t, p.settings()...)
			want := result{stdout: "Approving guest...\nStatus Code: 200\nRaw Response: " + test.body + "\n" +
				"Approved guest: " + test.guest + "\n\n" +
				"Deleting guest...\nStatus Code (delete): 200\nRaw Response (delete): \n" +
				"Guest with ID " + test.id + " deleted successfully.\n"}
			deletion := wholeFlow[1]
			deletion.body = `{"userIds":["` + test.id + `"],"resendAll":false}`
			check(t, got, want, p, []request{wholeFlow[0], deletion})
		})
	}
}

// step tells what precedes its answer on standard output, how the answer is
// printed, and how the message about a failure begins.
type step struct{ method, path, before, answer, failed string }

var steps = []step{
	{"POST", approvePath, "Approving guest...\n", "Status Code: %d\nRaw Response: %s\n", "guest approval failed"},
	{"DELETE", guestsPath, transcript[:strings.Index(transcript, "Status Code (delete)")],
		"Status Code (delete): %d\nRaw Response (delete): %s\n", "guest deletion failed"},
}

// failure returns the result of a run in which s is answered with this status.
func (s step) failure(status int, body string) result {
	return result{
		stdout: s.before + fmt.Sprintf(s.answer, status, body),
		stderr: fmt.Sprintf("%s. Status code: %d, Message: %s\n", s.failed, status, body),
		status: 1,
	}
}

func TestFailureStatus(t *testing.T) {
	tests := []struct {
		status int
		body   string
	}{
		{101, ""}, {300, failure}, {301, page}, {302, ""}, {303, ""}, {307, page}, {308, ""},
		{400, failure}, {401, ""}, {403, ""}, {403, failure}, {404, page}, {429, ""}, {502, page}, {503, ""},
	}
	for i, step := range steps {
		for _, test := range tests {
			t.Run(fmt.Sprintf("%s %d %.1s", step.method, test.status, test.body), func(t *testing.T) {
				t.Parallel()
				elsewhere := newPortal(t, nil)
				p := newPortal(t, answers{step.method: func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Connection", "close") // Ends the answer with status 101, too.
					w.Header().Set("Location", elsewhere.URL+step.path)
					answer(test.status, test.body)(w, r)
				}})
				check(t, run(t, p.settings()...), step.failure(test.status, test.body), p, wholeFlow[:i+1])
				if requests := elsewhere.received(); requests != nil {
					t.Errorf("the redirect was followed: %+v", requests)
				}
			})
		}
	}
}

// What a live portal says to settings that are wrong.
func TestRefusedSettings(t *testing.T) {
	tests := []struct {
		name, setting string
		status        int
		body          string
	}{
		{"unknown key", "DOCSPACE_API_KEY=unknown", 401, ""},
		{"no link", "DOCSPACE_GUEST_LINK=", 403, ""},
		{"another link", "DOCSPACE_GUEST_LINK=" + longLink + "0", 401, ""},
		{"no email address", "DOCSPACE_GUEST_EMAIL=ann", 400, failure},
		{"path of something else", "DOCSPACE_API_HOST=PORTAL/docspace", 404, page},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, nil)
			setting := strings.ReplaceAll(test.setting, "PORTAL", p.URL)
			got := run(t, append(p.settings(), setting)...)
			if want := steps[0].failure(test.status, test.body); got != want {
				t.Errorf("got the result\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

const noID = `"id" is missing, empty, or neither a string nor a whole number`

// unusable holds answers with status 200 that do not tell which guest was
// approved, and what the program says of them.
var unusable = []struct{ body, message string }{
	{"", "not a JSON object"},
	{page, "not a JSON object"},
	{profile[:len(profile)-1], "not a JSON object"},
	{profile + "}", "not a JSON object"},
	{profile + profile, "not a JSON object"},
	{"[" + profile + "]", "not a JSON object"},
	{`"response"`, "not a JSON object"},
	{"1", "not a JSON object"},
	{"null", `"response" is not an object`},
	{"{}", `"response" is not an object`},
	{`{"Response":{"id":"a"}}`, `"response" is not an object`},
	{`{"response":null}`, `"response" is not an object`},
	{`{"response":[{"id":"a"}]}`, `"response" is not an object`},
	{`{"response":"a"}`, `"response" is not an object`},
	{`{"response":{}}`, noID},
	{`{"response":{"ID":"a"}}`, noID},
	{`{"response":{"id":null}}`, noID},
	{`{"response":{"id":""}}`, noID},
	{`{"response":{"id":true}}`, noID},
	{`{"response":{"id":["a"]}}`, noID},
	{`{"response":{"id":{"a":1}}}`, noID},
	{`{"response":{"id":1.5}}`, noID},
	{`{"response":{"id":1e3}}`, noID},
	{`{"response":{"id":1E3}}`, noID},
}

func TestUnusableAnswer(t *testing.T) {
	for _, test := range unusable {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, answers{"POST": answer(200, test.body)})
			want := result{
				stdout: "Approving guest...\nStatus Code: 200\nRaw Response: " + test.body + "\n",
				stderr: "unusable answer to guest approval: " + test.message + "\n",
				status: 1,
			}
			check(t, run(t, p.settings()...), want, p, wholeFlow[:1])
		})
	}
}

// checkFailure is check for a run that ends with status 1 and with one line of
// error, of which cause is a regular expression.
func checkFailure(t *testing.T, got result, stdout, cause string, p *portal, requests []request) {
	t.Helper()
	if !regexp.MustCompile("^" + cause + "\n$").MatchString(got.stderr) {
		t.Errorf("got the error\n%s\nwant\n%s", got.stderr, cause)
	}
	check(t, got, result{stdout, got.stderr, 1}, p, requests)
}

func TestBrokenAnswer(t *testing.T) {
	hijack := func(w http.ResponseWriter) *net.TCPConn {
		conn, _, _ := w.(http.Hijacker).Hijack()
		return conn.(*net.TCPConn)
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		cause  string
	}{
		{"closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, `\w+ "\S+": EOF`},
		{"reset", func(w http.ResponseWriter, r *http.Request) {
			conn := hijack(w)
			conn.SetLinger(0) // Makes Close reset the connection.
			conn.Close()
		}, `\w+ "\S+": .+`},
		{"not HTTP", func(w http.ResponseWriter, r *http.Request) {
			conn := hijack(w)
			io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n")
			conn.Close()
		}, `\w+ "\S+": .*malformed HTTP response.*`},
		{"cut off", cutOff, "reading the answer: unexpected EOF"},
		{"cut off between chunks", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, profile)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "reading the answer: unexpected EOF"},
	}
	for i, step := range steps {
		for _, test := range tests {
			t.Run(step.method+" "+test.name, func(t *testing.T) {
				t.Parallel()
				p := newPortal(t, answers{step.method: test.answer})
				checkFailure(t, run(t, p.settings()...), step.before, step.failed+": "+test.cause, p, wholeFlow[:i+1])
			})
		}
	}
}

// Settings with which no request gets as far as a portal.
func TestNothingSent(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(newPortal(t, nil))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	// Over 63 letters between two dots do not fit in a DNS query, so none is sent.
	unknown := "http://" + strings.Repeat("x", 64) + ".example"

	for _, test := range []struct{ name, setting, cause string }{
		{"connection refused", "DOCSPACE_API_HOST=http://127.0.0.1:1", `Post "\S+": dial tcp .+`},
		{"unknown host", "DOCSPACE_API_HOST=" + unknown, `Post "\S+": .+ no such host`},
		{"no scheme", "DOCSPACE_API_HOST=portal.example", `Post "\S+": unsupported protocol scheme ""`},
		{"no scheme but a port", "DOCSPACE_API_HOST=127.0.0.1:80", `parse "\S+": first path segment in URL cannot contain colon`},
		{"bad certificate", "DOCSPACE_API_HOST=" + untrusted.URL, `Post "\S+": .*certificate.*`},
		{"key with a newline", "DOCSPACE_API_KEY=" + apiKeySecret + "\n", `Post "\S+": net/http: invalid header field value for "Authorization"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, nil)
			got := run(t, append(p.settings(), test.setting)...)
			checkFailure(t, got, "Approving guest...\n", "guest approval failed: "+test.cause, p, nil)
		})
	}
}

// edit makes this process work on host, as if the defaults in main.go had been
// edited, and keeps it quiet until the test ends.
func edit(t testing.TB, host string) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	swap(t, &os.Stdout, null)
	swap(t, &apiHost, host)
	swap(t, &guestLink, "")
}

func TestTimeout(t *testing.T) {
	if client.Timeout != 30*time.Second {
		t.Errorf("got a timeout of %v, want 30s", client.Timeout)
	}
	swap(t, &client.Timeout, 50*time.Millisecond)
	for name, begin := range map[string]http.HandlerFunc{
		"no answer":         func(http.ResponseWriter, *http.Request) {},
		"unfinished answer": func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			hang := func(w http.ResponseWriter, r *http.Request) {
				begin(w, r)
				<-r.Context().Done()
			}
			p := newPortal(t, answers{"POST": hang, "DELETE": hang})
			edit(t, p.URL)
			if id, err := approveGuest(guestEmail); id != "" || err == nil || !strings.Contains(err.Error(), "Client.Timeout") {
				t.Errorf("approveGuest returned %q, %v", id, err)
			}
			if err := deleteGuest(guestID); err == nil || !strings.Contains(err.Error(), "Client.Timeout") {
				t.Errorf("deleteGuest returned %v", err)
			}
		})
	}
}

func TestFetchErrors(t *testing.T) {
	p := newPortal(t, answers{"DELETE": cutOff})
	for _, test := range []struct {
		name, host, method string
		payload            any
	}{
		{"payload without a JSON form", p.URL, "POST", func() {}},
		{"host that is no URL", "127.0.0.1:80", "POST", nil},
		{"host that is unreachable", "http://127.0.0.1:1", "POST", nil},
		{"answer that is cut off", p.URL, "DELETE", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			edit(t, test.host)
			status, raw, err := fetch(test.method, guestsPath, headers, test.payload)
			if status != 0 || raw != "" || err == nil {
				t.Errorf("fetch returned %d, %q, %v", status, raw, err)
			}
		})
	}
}

func TestOneConnection(t *testing.T) {
	p := newPortal(t, answers{"POST": answer(200, profile), "DELETE": answer(200, envelope)})
	server := httptest.NewUnstartedServer(p)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	edit(t, server.URL)

	// The transport that the program uses, plus trust in the server's certificate.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	swap(t, &http.DefaultTransport, http.RoundTripper(transport))
	defer log.SetFlags(log.Flags()) // main changes them.
	main()

	if len(p.received()) != 2 || len(p.connections) != 1 {
		t.Errorf("got the connections %v, want one", p.connections)
	}
	for connection := range p.connections {
		if !strings.HasPrefix(connection, "HTTP/2.0 ") {
			t.Errorf("got the connection %s, want HTTP/2.0", connection)
		}
	}
}

// Whatever the body of a 200, there is either an id or an error.
func FuzzApproveGuest(f *testing.F) {
	f.Add(profile)
	for _, test := range unusable {
		f.Add(test.body)
	}
	var body string
	p := newPortal(f, answers{"POST": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) }})
	edit(f, p.URL)
	f.Fuzz(func(t *testing.T, data string) {
		body = data
		id, err := approveGuest(guestEmail)
		if (id == "") == (err == nil) {
			t.Errorf("approveGuest returned %q, %v", id, err)
		}
		p.received() // Forgets the request.
	})
}
