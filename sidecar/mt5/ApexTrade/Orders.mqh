//+------------------------------------------------------------------+
//| Orders by the client id that they were asked for with, on disk.  |
//+------------------------------------------------------------------+
#property strict

// What was asked, and what became of it. Kept for as long as somebody may ask for it.
#define ORDER_KEPT_SECONDS (90 * 86400)

enum RecordState
  {
   RECORD_SENDING,   // written before it was sent; the terminal may have ended since
   RECORD_WAITING,   // a leg whose entry has not filled
   RECORD_SENT,      // the server has it under `ticket`
   RECORD_REFUSED,   // the server or we refused it
   RECORD_ENDED      // ended without a ticket of its own
  };

struct OrderRecord
  {
   string            cid;
   RecordState       state;
   ulong             ticket;
   string            symbol;
   string            side;
   string            type;
   double            volume;
   double            price;
   double            stop;
   double            trail;
   bool              reduce;
   string            parent;    // cid of the entry that it protects; empty for none
   uint              retcode;
   string            reason;
   double            filledBefore; // of earlier tickets
   long              at;        // seconds since 1970 by the machine's clock
   bool              isLeg(void) const { return parent != ""; }
  };

class OrderBook
  {
private:
   string            m_path;
   int               m_file;
   OrderRecord       m_records[];
   bool              m_done[];     // has ended at the server: nobody has to look after it

   static string     LineOf(const OrderRecord &r)
     {
      return StringFormat("%s\t%d\t%I64u\t%s\t%s\t%s\t%.8f\t%.8f\t%.8f\t%.8f\t%d\t%s\t%u\t%s\t%.8f\t%I64d\t.", r.cid, (int)r.state,
                          r.ticket, r.symbol, r.side, r.type, r.volume, r.price, r.stop, r.trail, r.reduce ? 1 : 0, r.parent,
                          r.retcode, r.reason, r.filledBefore, r.at);
     }

   static bool       Parse(const string line, OrderRecord &r)
     {
      string p[];
      // The dot at the end tells a whole line from one that a crash cut off.
      if(StringSplit(line, '\t', p) != 17 || p[16] != ".")
         return false;
      r.cid = p[0];
      r.state = (RecordState)StringToInteger(p[1]);
      r.ticket = (ulong)StringToInteger(p[2]);
      r.symbol = p[3];
      r.side = p[4];
      r.type = p[5];
      r.volume = StringToDouble(p[6]);
      r.price = StringToDouble(p[7]);
      r.stop = StringToDouble(p[8]);
      r.trail = StringToDouble(p[9]);
      r.reduce = p[10] == "1";
      r.parent = p[11];
      r.retcode = (uint)StringToInteger(p[12]);
      r.reason = p[13];
      r.filledBefore = StringToDouble(p[14]);
      r.at = StringToInteger(p[15]);
      return true;
     }

   bool              Write(const OrderRecord &r)
     {
      if(m_file == INVALID_HANDLE)
         return false;
      if(FileWriteString(m_file, LineOf(r) + "\n") == 0)
         return false;
      FileFlush(m_file);
      return true;
     }

public:
                     OrderBook(void) : m_file(INVALID_HANDLE) {}
                    ~OrderBook(void)
     {
      if(m_file != INVALID_HANDLE)
         FileClose(m_file);
     }

   int               Count(void) const { return ArraySize(m_records); }

   bool              Open(const string path)
     {
      m_path = path;
      int file = FileOpen(path, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
      long now = (long)TimeLocal();
      if(file != INVALID_HANDLE)
        {
         while(!FileIsEnding(file))
           {
            OrderRecord r;
            if(Parse(FileReadString(file), r) && now - r.at < ORDER_KEPT_SECONDS)
               Put(r);
           }
         FileClose(file);
        }
      // Written beside the old file first: a crash leaves one of the two whole.
      string next = path + ".new";
      m_file = FileOpen(next, FILE_WRITE | FILE_TXT | FILE_ANSI, '\t', CP_UTF8);
      for(int i = 0; i < ArraySize(m_records); i++)
         Write(m_records[i]);
      if(m_file == INVALID_HANDLE)
         return false;
      FileClose(m_file);
      if(!FileMove(next, 0, path, FILE_REWRITE))
         return false;
      m_file = FileOpen(path, FILE_READ | FILE_WRITE | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
      if(m_file == INVALID_HANDLE)
         return false;
      FileSeek(m_file, 0, SEEK_END);
      return true;
     }

   int               Find(const string cid) const
     {
      for(int i = ArraySize(m_records) - 1; i >= 0; i--)
         if(m_records[i].cid == cid)
            return i;
      return -1;
     }

   int               FindTicket(const ulong ticket) const
     {
      if(ticket == 0)
         return -1;
      for(int i = ArraySize(m_records) - 1; i >= 0; i--)
         if(m_records[i].ticket == ticket)
            return i;
      return -1;
     }

   bool              At(const int index, OrderRecord &r) const
     {
      if(index < 0 || index >= ArraySize(m_records))
         return false;
      r = m_records[index];
      return true;
     }

   bool              IsDone(const int index) const { return m_done[index]; }
   void              SetDone(const int index) { m_done[index] = true; }

   // Keeps a record on disk. False where the disk does not take it: then nothing may be sent.
   bool              Store(const OrderRecord &r)
     {
      Put(r);
      return Write(r);
     }

   // The name by which we speak of an order: see the protocol.
   string            NameOf(const OrderRecord &r) const
     {
      return r.isLeg() || r.ticket == 0 ? "cid:" + r.cid : StringFormat("%I64u", r.ticket);
     }

private:
   void              Put(const OrderRecord &r)
     {
      int index = Find(r.cid);
      if(index < 0)
        {
         index = ArraySize(m_records);
         ArrayResize(m_records, index + 1, 256);
         ArrayResize(m_done, index + 1, 256);
        }
      m_records[index] = r;
      m_done[index] = r.state == RECORD_REFUSED || r.state == RECORD_ENDED;
     }
  };
//+------------------------------------------------------------------+
