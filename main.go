// Manage-guests approves a guest of an ONLYOFFICE DocSpace portal, which puts them
// on your list, and then takes them off that list. They leave all rooms that you
// have invited them to, and this cannot be undone.
//
// The guest is on the portal already, and somebody else who sees them there, such
// as another room admin, shares them with you by a link, which the portal copies
// under Contacts → Guests → the guest's menu → Share guest.
//
//	export DOCSPACE_API_HOST='https://yourportal.onlyoffice.com'
//	export DOCSPACE_API_KEY='your_api_key'
//	export DOCSPACE_GUEST_EMAIL='guest@example.com'
//	export DOCSPACE_GUEST_LINK='https://yourportal.onlyoffice.com/s/…'
//	go run main.go
//
// The exit status is 0 if both steps worked. Otherwise it is 1, and standard
// error tells why.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

// The settings. Edit the defaults, or set the environment variables, which win.
// The function setting stands below main: in Go, the order does not matter.
var (
	apiHost    = strings.TrimRight(setting("DOCSPACE_API_HOST", "https://yourportal.onlyoffice.com"), "/")
	apiKey     = setting("DOCSPACE_API_KEY", "your_api_key")
	guestEmail = setting("DOCSPACE_GUEST_EMAIL", "guest@example.com")
	guestLink  = setting("DOCSPACE_GUEST_LINK", "")
)

// headers returns the headers of a request, new ones each time, to which
// approveGuest adds. API keys and auth tokens alike go after Bearer. A value that
// names its scheme before a blank goes as it is.
func headers() http.Header {
	authorization := apiKey
	if !strings.Contains(apiKey, " ") {
		authorization = "Bearer " + apiKey
	}
	// A header can have several values, hence the inner braces.
	return http.Header{
		"Authorization": {authorization},
		"Content-Type":  {"application/json"},
	}
}

// approveGuest is step 1. It sends a POST with the guest's email and, unless link
// is empty, the query of the guest's full sharing link in the header Confirm. It
// prints the answer and returns the guest's id. It fails if the link is no
// guest's, if no answer arrives, if the status is not 2xx, if the answer holds no
// id, or if the link is another guest's, who stays approved.
func approveGuest(email, link string) (string, error) {
	url := apiHost + "/api/2.0/people/guests/share/approve"
	header := headers()
	if link != "" {
		query, err := linkQuery(link)
		// Go has no exceptions: a function returns an error beside its result, nil if
		// all went well. Errorf makes a new one, with the old one in the place of %w.
		if err != nil {
			return "", fmt.Errorf("guest approval failed: %w", err)
		}
		header.Set("Confirm", query)
	}
	// Go has no fetch either; ours stands below. The map becomes a JSON object.
	status, raw, err := fetch(http.MethodPost, url, header, map[string]any{"email": email})
	if err != nil {
		return "", fmt.Errorf("guest approval failed: %w", err)
	}
	fmt.Println("Status Code:", status)
	fmt.Println("Raw Response:", raw)
	if status < 200 || status > 299 {
		fmt.Printf("Guest approval failed. Status code: %d, Message: %s\n", status, raw)
		// Most refusals have no message, so the error says what to check.
		hint := ""
		switch status {
		case 301, 302, 307, 308, 404, 405:
			hint = ": check that the host is the portal's address alone, with https://"
		case 400:
			hint = ": check that the email is an address"
		case 401:
			hint = ": check the sharing link, which works for seven days, and the key"
		case 403:
			hint = ": check that there is a guest's sharing link and that the key is a room admin's"
		}
		return "", fmt.Errorf("guest approval failed with status %d%s", status, hint)
	}

	// Unmarshal fills in the fields that are named here and skips the others. It
	// needs their names to begin with a capital; the backquotes hold the JSON names.
	var data struct {
		Response struct {
			ID          string `json:"id"`
			DisplayName string `json:"displayName"`
			Email       string `json:"email"`
		} `json:"response"`
	}
	if err := json.Unmarshal([]byte(raw), &data); err != nil || data.Response.ID == "" {
		return "", errors.New("the answer to the guest approval is not JSON with the guest's id")
	}
	guest := data.Response
	fmt.Printf("Approved guest: %s (%s)\n", guest.DisplayName, guest.Email)
	// The link alone decides whom the portal approves, so a leftover one must not
	// end in the deletion of another guest. EqualFold ignores upper and lower case,
	// and %q shows characters that one cannot see.
	if link != "" && !strings.EqualFold(guest.Email, email) {
		return "", fmt.Errorf("approved another guest: the sharing link is for %q, not for %q", guest.Email, email)
	}
	return guest.ID, nil
}

// deleteGuest is step 2. It sends a DELETE with the guest's id and prints the
// answer. The portal takes the guest off your list and withdraws what you shared
// with them; their account stays. It fails if no answer arrives or if the status
// is not 2xx.
func deleteGuest(userID string) error {
	url := apiHost + "/api/2.0/people/guests"
	payload := map[string]any{"userIds": []string{userID}, "resendAll": false}
	status, raw, err := fetch(http.MethodDelete, url, headers(), payload)
	if err != nil {
		return fmt.Errorf("guest deletion failed: %w", err)
	}
	fmt.Println("Status Code (delete):", status)
	fmt.Println("Raw Response (delete):", raw)
	if status < 200 || status > 299 {
		fmt.Printf("Guest deletion failed. Status code: %d, Message: %s\n", status, raw)
		hint := ""
		switch status {
		case 401:
			hint = ": check the key; the approval went by the sharing link alone"
		case 402:
			hint = ": check the portal's payment or licence"
		case 403:
			hint = ": check that the key is a room admin's and has Write for Contacts (accounts:write)"
		}
		return fmt.Errorf("guest deletion failed with status %d%s", status, hint)
	}
	fmt.Printf("Guest with ID %s deleted successfully.\n", userID)
	return nil
}

// main runs the guest management flow and stops at the first step that fails.
func main() {
	// log.Fatal prints to standard error and exits with 1; without flags it adds no date.
	log.SetFlags(0)

	if apiHost == "" {
		log.Fatal("DOCSPACE_API_HOST is empty or still the placeholder")
	}
	if apiKey == "" {
		log.Fatal("DOCSPACE_API_KEY is empty or still the placeholder")
	}

	fmt.Println("Approving guest...")
	guestID, err := approveGuest(guestEmail, guestLink)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("\nDeleting guest...")
	if err := deleteGuest(guestID); err != nil {
		log.Fatal(err)
	}
}

// setting returns the environment variable name or, if there is nothing in it,
// fallback. It strips what pasting and env files leave around a value: blanks, line
// ends, quotes, and the no-break space, zero-width space and byte order mark that
// cannot be seen. A value that still holds a placeholder counts as empty, so that
// nothing is sent to somebody else's portal.
func setting(name, fallback string) string {
	const around = " \t\r\n\u00a0\u200b\ufeff" + `"'“”„‘’‚`
	value := strings.Trim(os.Getenv(name), around)
	if value == "" {
		value = strings.Trim(fallback, around)
	}
	// The placeholders are split, so that replacing them throughout this file leaves the check alone.
	if strings.Contains(value, "//your"+"portal.onlyoffice.com") || strings.Contains(value, "your"+"_api_key") {
		return ""
	}
	return value
}

// client gives up on a call after 30 seconds, where the default client waits for
// as long as it takes. It follows no redirect: net/http can turn a redirected
// DELETE into a GET, whose 200 would pass for a deletion.
var client = &http.Client{
	Timeout: 30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		// This error is a signal: the caller gets the redirect itself and no error.
		return http.ErrUseLastResponse
	},
}

// fetch sends payload as JSON and returns the status code and the body of the
// answer, whatever the status. It fails if payload has no JSON form, if url is no
// URL, or if no complete answer arrives.
func fetch(method, url string, header http.Header, payload any) (int, string, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header = header
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	// defer closes the body when fetch returns. A body that is read to its end
	// and closed leaves the connection to the next call.
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", fmt.Errorf("reading the answer: %w", err)
	}
	return res.StatusCode, string(raw), nil
}

// linkQuery returns the query of a guest's full sharing link. The portal shows a
// short link, which redirects to the full one; proxies and mail filters can add
// redirects of their own. So it sends a GET, without the key, to one address after
// the other until one is the full link, and follows five redirects at most. It
// fails if an address is no URL, if no answer arrives, or if no full link is at the
// end. The link is a secret, so the errors written here leave it out.
func linkQuery(link string) (string, error) {
	for redirects := 0; ; redirects++ {
		req, err := http.NewRequest(http.MethodGet, link, nil)
		if err != nil {
			return "", errors.New("the sharing link is not a URL")
		}
		if req.URL.Query().Get("type") == "GuestShareLink" {
			return req.URL.RawQuery, nil
		}
		res, err := client.Do(req)
		if err != nil {
			// The client's error begins with the link and wraps the cause.
			return "", fmt.Errorf("asking where the sharing link leads: %w", errors.Unwrap(err))
		}
		res.Body.Close()
		location, err := res.Location()
		if err != nil || redirects == 5 {
			return "", fmt.Errorf("the sharing link led to no guest (status %d)", res.StatusCode)
		}
		link = location.String()
	}
}
