// Ported to Go from ONLYOFFICE's sample "Manage a guest user", under the Apache License 2.0.

// Manage-guests approves a guest of an ONLYOFFICE DocSpace portal, which puts them
// on your list of guests, and then deletes them from that list. They lose every room,
// folder and file to which you have invited them, and approving them again does not
// bring these back. Their account stays.
//
// You are the room admin whose API key it uses; the key needs Write for Contacts. The
// guest's sharing link is copied in another account that sees the guest on the portal,
// such as another room admin's (Contacts → Guests → the guest's menu → Share guest). It
// works for seven days.
//
//	export DOCSPACE_API_HOST='https://yourportal.onlyoffice.com'
//	export DOCSPACE_API_KEY='your_api_key'
//	export DOCSPACE_GUEST_EMAIL='guest@example.com'
//	export DOCSPACE_GUEST_LINK='https://yourportal.onlyoffice.com/s/…'
//	go run main.go
//
// The exit status is 0 if the portal accepted both calls. If not, it is 1, and a line on
// standard error says what is known of the cause.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode"
)

// The settings. Nothing is sent until host and key are set.
var (
	apiHost    = "https://yourportal.onlyoffice.com"
	apiKey     = "your_api_key"
	guestEmail = "guest@example.com"
	guestLink  = "" // The sample has no link; without one, a portal refuses.
)

// headers returns the headers of the two calls. A portal reads an API key only after
// the word Bearer, so headers adds it, unless the key begins with Bearer or Basic.
func headers() http.Header {
	authorization := apiKey // := declares what is new to its left, = only assigns.
	if !strings.HasPrefix(apiKey, "Bearer ") && !strings.HasPrefix(apiKey, "Basic ") {
		authorization = "Bearer " + apiKey
	}
	// A header can have several values, hence the inner braces.
	return http.Header{"Authorization": {authorization}, "Content-Type": {"application/json"}}
}

// approveGuest is step 1. It sends a POST with the guest's email and sharing link,
// prints the answer and returns the guest's id. It fails if the portal refuses, and if
// the answer has another email.
func approveGuest(email, link string) (string, error) {
	url := apiHost + "/api/2.0/people/guests/share/approve"
	// Go has no fetch: ours, further down, adds the headers and sends the map as JSON. It
	// needs no await and throws no exception, but returns its results and an error, which
	// is nil if a whole answer came, be it a refusal.
	status, raw, err := fetch("POST", url, link, map[string]any{"email": email})
	if err != nil {
		return "", fmt.Errorf("approving the guest: %w", err) // %w puts the cause in.
	}
	fmt.Println("Status Code:", status)
	fmt.Println("Raw Response:", raw)
	if status < 200 || status > 299 {
		// The printed line is the sample's; the error, for the caller, adds a likely cause.
		fmt.Printf("Guest approval failed. Status code: %d, Message: %s\n", status, raw)
		return "", fmt.Errorf("guest approval failed with status %d%s", status, approvalHint(status, raw, link))
	}

	// Of the JSON, only these fields are read, under the names in the backquotes.
	var data struct {
		Response struct {
			ID          string `json:"id"`
			DisplayName string `json:"displayName"`
			Email       string `json:"email"`
		} `json:"response"`
	}
	err = json.Unmarshal([]byte(raw), &data) // This is JSON.parse; & lets it fill data.
	if err != nil || data.Response.ID == "" {
		return "", errors.New("guest approval gave no JSON with an id: " +
			"check that a portal answered, not a sign-in page or a web filter")
	}
	guest := data.Response
	fmt.Printf("Approved guest: %s (%s)\n", guest.DisplayName, guest.Email)
	// Since DocSpace 3.5, the link alone decides who is approved. One left over from another
	// guest must not end in a deletion. EqualFold ignores upper and lower case. %+q escapes
	// all but ASCII, so that letters that only look alike can be told apart.
	if !strings.EqualFold(guest.Email, email) {
		return "", fmt.Errorf("the sharing link is for %+q, who is approved now, and not for %+q", guest.Email, email)
	}
	return guest.ID, nil
}

// deleteGuest is step 2. It sends a DELETE with the guest's id, prints the answer, and
// fails if the portal refuses. The guest leaves your list and loses all to which you have
// invited them; approving them again does not bring it back.
func deleteGuest(userID string) error {
	url := apiHost + "/api/2.0/people/guests"
	payload := map[string]any{"userIds": []string{userID}, "resendAll": false}
	status, raw, err := fetch("DELETE", url, "", payload)
	if err != nil {
		return fmt.Errorf("guest deletion not confirmed: %w", err)
	}
	fmt.Println("Status Code (delete):", status)
	fmt.Println("Raw Response (delete):", raw)
	if status < 200 || status > 299 {
		fmt.Printf("Guest deletion failed. Status code: %d, Message: %s\n", status, raw)
		return fmt.Errorf("guest deletion failed with status %d%s", status, deletionHint(status, raw))
	}
	fmt.Printf("Guest with ID %s deleted successfully.\n", userID)
	return nil
}

// main lets environment variables win over the settings, runs the guest management flow,
// and stops at the first step that fails.
func main() {
	// This keeps the date out of log.Fatal, which prints to standard error and exits with 1.
	log.SetFlags(0)
	// Whoever writes --help, --dry-run or an email does not expect a deletion by the settings.
	if len(os.Args) > 1 {
		log.Fatal("nothing was sent: the settings are environment variables, not arguments")
	}
	apiHost = strings.TrimRight(setting("DOCSPACE_API_HOST", apiHost), "/")
	apiKey = setting("DOCSPACE_API_KEY", apiKey)
	guestEmail = setting("DOCSPACE_GUEST_EMAIL", guestEmail)
	guestLink = setting("DOCSPACE_GUEST_LINK", guestLink)
	fmt.Println("Approving guest...")
	guestID, err := approveGuest(guestEmail, guestLink)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("\nDeleting guest...")
	err = deleteGuest(guestID)
	if err != nil {
		log.Fatal(err)
	}
}

// setting returns the value of an environment variable, or the fallback if it is empty
// or not set. It strips the spaces, quotes, angle brackets and invisible characters that
// pasting leaves around a value.
func setting(variable, fallback string) string {
	// cmp.Or is JavaScript's ||, and a rune is a character.
	value := cmp.Or(os.Getenv(variable), fallback)
	return strings.TrimFunc(value, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(" \"'“”„‘’‚<>", r)
	})
}

// hasPlaceholder reports whether a text holds the placeholder of the host or of the key.
// A stranger may own the portal of that name.
func hasPlaceholder(text string) bool {
	text = strings.ToLower(text)
	// Each is in two parts, so that search and replace in this file does not change them.
	return strings.Contains(text, "//your"+"portal.onlyoffice.com") || strings.Contains(text, "your"+"_api_key")
}

// client gives up on a call after 30 seconds, where the default client waits for an
// answer for ever. It follows no redirect: net/http can turn a redirected DELETE into a
// GET, and the 200 of a sign-in page would pass for a deletion.
var client = http.Client{
	Timeout: 30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { // Unused parameters need no names.
		return http.ErrUseLastResponse // The answer is then the redirect itself.
	},
}

// fetch sends payload as JSON with the headers and, if there is a link, with the link's
// query as the header Confirm. It returns the status and the body of the answer,
// whatever the status. If host or key is missing, or one of their placeholders is left,
// it fails and sends nothing. It fails, too, if linkQuery does, and without a whole answer.
func fetch(method, url, link string, payload any) (int, string, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	key := strings.TrimSpace(apiKey)
	switch { // Of the cases, the first that is true counts.
	case err != nil || req.URL.Host == "" || hasPlaceholder(url):
		return 0, "", errors.New("set DOCSPACE_API_HOST, or in a copy apiHost, " +
			"to the portal's address, with https:// or http://")
	// Without a key, a portal would approve the guest for the sender of the link.
	case key == "" || key == "Bearer" || key == "Basic" || hasPlaceholder(key):
		return 0, "", errors.New("set DOCSPACE_API_KEY, or in a copy apiKey, to a room admin's key")
	case hasPlaceholder(link):
		return 0, "", errors.New("the sharing link, DOCSPACE_GUEST_LINK, is still a placeholder")
	}
	req.Header = headers()
	if link != "" {
		query, err := linkQuery(link)
		if err != nil {
			return 0, "", err
		}
		req.Header.Set("Confirm", query)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close() // This runs when fetch returns, and frees the connection.
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", fmt.Errorf("status %d, but no complete answer: %w", res.StatusCode, err)
	}
	return res.StatusCode, string(raw), nil
}

// linkQuery returns the query of a guest's full sharing link. The portal shows a short
// link, which redirects to the full one, and proxies and mail filters add redirects of
// their own. So linkQuery sends a GET, without the key, to one address after the other,
// until one is a full link. It fails if that does not come within five redirects.
func linkQuery(link string) (string, error) {
	for redirects := 0; redirects <= 5; redirects++ { // The link itself, and five redirects.
		req, err := http.NewRequest("GET", link, nil) // It is sent further down.
		if err != nil || req.URL.Host == "" {
			return "", errors.New("the sharing link is not a URL with https:// or http://")
		}
		// Only a full sharing link has this type in its query.
		if req.URL.Query().Get("type") == "GuestShareLink" {
			return req.URL.RawQuery, nil
		}
		res, err := client.Do(req)
		if err != nil {
			// The client's error holds the link, which is a secret; its cause seldom does.
			return "", fmt.Errorf("asking where the sharing link leads: %w", errors.Unwrap(err))
		}
		res.Body.Close() // Only status and headers matter here.
		if res.StatusCode >= 400 {
			return "", fmt.Errorf("asking where the sharing link leads: status %d", res.StatusCode)
		}
		location, err := res.Location() // It fails if the answer names no other address.
		if err != nil {
			return "", fmt.Errorf("the sharing link leads to no guest, but to a page with status %d: "+
				"it has to come from Share guest", res.StatusCode)
		}
		link = location.String()
	}
	return "", errors.New("the sharing link redirects more than five times")
}

// isPage reports whether an answer is a web page. A portal's API never sends one, but
// what stands before a portal does.
func isPage(raw string) bool {
	return strings.HasPrefix(strings.TrimSpace(raw), "<")
}

const pageHint = ": a page answered, not the portal's API: check the host, and what stands before the portal " +
	"(a sign-in, a filter, a gateway)"

// approvalHint returns a colon and the likely cause of a refused approval, or nothing if
// the answer does not show one.
func approvalHint(status int, raw, link string) string {
	switch {
	case status == 301 || status == 302 || status == 307 || status == 308:
		return ": check the host's https:// or http://, and whether a sign-in stands before the portal"
	case status == 405:
		return ": the host has to be the portal's address alone, without a path"
	case isPage(raw):
		return pageHint
	case status == 401 && link == "":
		return ": the key is not valid"
	case status == 401:
		return ": the sharing link is not valid: it is incomplete, another portal's or over seven days old, " +
			"or its sender or guest is disabled or has another role now"
	case status == 403 && strings.Contains(raw, "Access denied"):
		return ": the key is a user's or a guest's, not a room admin's, " +
			"or, up to DocSpace 3.2.1, no guest has that email"
	case status == 403 && strings.Contains(raw, "restricted"):
		return ": the portal lets in only some IP addresses"
	case status == 403 && raw == "" && link == "":
		return ": no sharing link was given"
	case status == 404 && !strings.Contains(raw, `"error"`): // With it, the answer itself says what is wrong.
		return ": the portal is suspended, or the host is not its address"
	case status == 500 && strings.Contains(raw, "current tenant"):
		return ": the server has no portal of that name"
	case status == 500 && link != "":
		return ": the portal cannot read the sharing link: it is another installation's, or damaged"
	}
	return ""
}

// deletionHint returns a colon and the likely cause of a refused deletion, or nothing if
// the answer does not show one.
func deletionHint(status int, raw string) string {
	switch {
	case status >= 500:
		return ": the portal may have deleted the guest nevertheless"
	case isPage(raw):
		return pageHint
	case status == 401:
		return ": the key is not valid; with such a key, an approval counts for the link's sender, not for you"
	case status == 402:
		return ": the portal is not paid for, or has no licence"
	case status == 403 && raw == "":
		return ": the key lacks Write for Contacts (accounts:write)"
	case status == 403 && strings.Contains(raw, "Access denied"):
		return ": the guest is not on your list, where an approval puts them with a room admin's key only, " +
			"not with the portal owner's or a DocSpace admin's"
	}
	return ""
}
