//+------------------------------------------------------------------+
//| Frames over TLS: four bytes of length, then JSON in UTF-8.       |
//+------------------------------------------------------------------+
#property strict

#include "Sha256.mqh"

#define FRAME_BYTES_MAX 1048576
#define CONNECT_MS_MAX 5000
#define READ_BYTES 65536
// A connection on this port is made secure by the terminal itself.
#define HTTPS_PORT 443

class Wire
  {
private:
   int               m_socket;
   uchar             m_kept[];

public:
                     Wire(void) : m_socket(INVALID_HANDLE) {}
                    ~Wire(void) { Close(); }

   bool              IsOpen(void) const
     {
      return m_socket != INVALID_HANDLE && SocketIsConnected(m_socket);
     }

   bool              Open(const string host, const int port)
     {
      Close();
      m_socket = SocketCreate();
      if(m_socket == INVALID_HANDLE)
         return false;
      if(!SocketConnect(m_socket, host, (uint)port, CONNECT_MS_MAX))
        {
         PrintFormat("ApexTrade: cannot reach %s:%d (error %d). Is the host in Tools > Options > Expert Advisors?", host,
                     port, GetLastError());
         Close();
         return false;
        }
      // The terminal checks the certificate against the machine's own list and ends a handshake that does not hold.
      if(port != HTTPS_PORT && !SocketTlsHandshake(m_socket, host))
        {
         PrintFormat("ApexTrade: %s has no certificate that this machine trusts (error %d)", host, GetLastError());
         Close();
         return false;
        }
      return true;
     }

   void              Close(void)
     {
      if(m_socket != INVALID_HANDLE)
         SocketClose(m_socket);
      m_socket = INVALID_HANDLE;
      ArrayResize(m_kept, 0);
     }

   bool              Send(const string text)
     {
      if(!IsOpen())
         return false;
      uchar body[], frame[];
      Utf8Bytes(text, body);
      int length = ArraySize(body);
      if(length == 0 || length > FRAME_BYTES_MAX)
         return false;
      ArrayResize(frame, 4 + length);
      frame[0] = (uchar)((length >> 24) & 0xff);
      frame[1] = (uchar)((length >> 16) & 0xff);
      frame[2] = (uchar)((length >> 8) & 0xff);
      frame[3] = (uchar)(length & 0xff);
      ArrayCopy(frame, body, 4, 0, length);
      // A frame that left in part would make nonsense of all that follow.
      int sent = 0;
      while(sent < ArraySize(frame))
        {
         uchar rest[];
         ArrayCopy(rest, frame, 0, sent, WHOLE_ARRAY);
         int now = SocketTlsSend(m_socket, rest, (uint)ArraySize(rest));
         if(now <= 0)
           {
            Close();
            return false;
           }
         sent += now;
        }
      return true;
     }

   // Takes what has arrived and cuts it into texts. False where the connection is of no use any more.
   bool              Receive(string &texts[])
     {
      ArrayResize(texts, 0);
      if(!IsOpen())
         return false;
      uchar bytes[];
      ArrayResize(bytes, READ_BYTES);
      while(true)
        {
         int count = SocketTlsReadAvailable(m_socket, bytes, READ_BYTES);
         if(count < 0)
           {
            Close();
            return false;
           }
         if(count == 0)
            break;
         int kept = ArraySize(m_kept);
         ArrayResize(m_kept, kept + count, READ_BYTES);
         ArrayCopy(m_kept, bytes, kept, 0, count);
         if(ArraySize(m_kept) > 2 * FRAME_BYTES_MAX || count < READ_BYTES)
            break;
        }
      return Cut(texts);
     }

private:
   bool              Cut(string &texts[])
     {
      int at = 0;
      while(ArraySize(m_kept) - at >= 4)
        {
         long length = ((long)m_kept[at] << 24) | ((long)m_kept[at + 1] << 16) | ((long)m_kept[at + 2] << 8) |
                       (long)m_kept[at + 3];
         if(length == 0 || length > FRAME_BYTES_MAX)
           {
            Close();
            return false;
           }
         if(ArraySize(m_kept) - at - 4 < length)
            break;
         int count = ArraySize(texts);
         ArrayResize(texts, count + 1, 16);
         texts[count] = CharArrayToString(m_kept, at + 4, (int)length, CP_UTF8);
         at += 4 + (int)length;
        }
      if(at > 0)
        {
         uchar rest[];
         int left = ArraySize(m_kept) - at;
         if(left > 0)
            ArrayCopy(rest, m_kept, 0, at, left);
         ArrayResize(m_kept, left);
         if(left > 0)
            ArrayCopy(m_kept, rest, 0, 0, left);
        }
      return true;
     }
  };
//+------------------------------------------------------------------+
