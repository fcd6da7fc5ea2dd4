//+------------------------------------------------------------------+
//| Events on disk until they are acknowledged.                      |
//+------------------------------------------------------------------+
#property strict

#define EVENTS_KEPT_MAX 5000
// The file is written anew once this many of its lines say nothing any more.
#define EVENT_LINES_SPARE 2000

class EventRing
  {
private:
   string            m_path;
   int               m_file;
   long              m_sequences[];
   string            m_texts[];
   long              m_last;
   long              m_acked;
   int               m_lines;

   void              Append(const string line)
     {
      if(m_file == INVALID_HANDLE)
         return;
      FileWriteString(m_file, line + "\n");
      // What is told must be on the disk first: the terminal may end at any moment.
      FileFlush(m_file);
      m_lines++;
     }

   bool              Reopen(const bool anew)
     {
      if(m_file != INVALID_HANDLE)
         FileClose(m_file);
      if(anew)
         FileDelete(m_path);
      m_file = FileOpen(m_path, FILE_READ | FILE_WRITE | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
      if(m_file == INVALID_HANDLE)
        {
         PrintFormat("ApexTrade: cannot write %s (error %d)", m_path, GetLastError());
         return false;
        }
      FileSeek(m_file, 0, SEEK_END);
      return true;
     }

   void              Forget(const long upTo)
     {
      int keep = 0;
      while(keep < ArraySize(m_sequences) && m_sequences[keep] <= upTo)
         keep++;
      if(keep == 0)
         return;
      int left = ArraySize(m_sequences) - keep;
      for(int i = 0; i < left; i++)
        {
         m_sequences[i] = m_sequences[i + keep];
         m_texts[i] = m_texts[i + keep];
        }
      ArrayResize(m_sequences, left);
      ArrayResize(m_texts, left);
     }

   void              Keep(const long sequence, const string text)
     {
      int count = ArraySize(m_sequences);
      ArrayResize(m_sequences, count + 1, 256);
      ArrayResize(m_texts, count + 1, 256);
      m_sequences[count] = sequence;
      m_texts[count] = text;
      if(count + 1 > EVENTS_KEPT_MAX)
         Forget(m_sequences[0]);
     }

   // A new file with what still counts takes the place of the old one.
   void              Compact(void)
     {
      if(!Reopen(true))
         return;
      m_lines = 0;
      Append(StringFormat("A\t%I64d\t%I64d", m_acked, m_last));
      for(int i = 0; i < ArraySize(m_sequences); i++)
         Append(StringFormat("E\t%I64d\t%s", m_sequences[i], m_texts[i]));
     }

public:
                     EventRing(void) : m_file(INVALID_HANDLE), m_last(0), m_acked(0), m_lines(0) {}
                    ~EventRing(void)
     {
      if(m_file != INVALID_HANDLE)
         FileClose(m_file);
     }

   long              Last(void) const { return m_last; }
   long              Acked(void) const { return m_acked; }
   int               Size(void) const { return ArraySize(m_sequences); }

   bool              Open(const string path)
     {
      m_path = path;
      int file = FileOpen(path, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
      if(file != INVALID_HANDLE)
        {
         while(!FileIsEnding(file))
            ReadLine(FileReadString(file));
         FileClose(file);
        }
      if(!Reopen(false))
         return false;
      Compact();
      return true;
     }

   // Gives an event its number and keeps it. `content` is JSON without a tab or a line's end.
   long              Add(const string name, const string content)
     {
      m_last++;
      string text = StringFormat("{\"v\":1,\"t\":\"evt\",\"seq\":%I64d,\"e\":\"%s\",\"d\":%s}", m_last, name, content);
      Append(StringFormat("E\t%I64d\t%s", m_last, text));
      Keep(m_last, text);
      return m_last;
     }

   void              Ack(const long sequence)
     {
      if(sequence <= m_acked || sequence > m_last)
         return;
      m_acked = sequence;
      Forget(sequence);
      Append(StringFormat("A\t%I64d\t%I64d", m_acked, m_last));
      if(m_lines > ArraySize(m_sequences) + EVENT_LINES_SPARE)
         Compact();
     }

   // The text of the first event after `sequence`, and its number; empty where there is none.
   string            After(const long sequence, long &found)
     {
      for(int i = 0; i < ArraySize(m_sequences); i++)
         if(m_sequences[i] > sequence)
           {
            found = m_sequences[i];
            return m_texts[i];
           }
      return "";
     }

private:
   void              ReadLine(const string line)
     {
      string parts[];
      int count = StringSplit(line, '\t', parts);
      if(count < 3)
         return;
      long sequence = StringToInteger(parts[1]);
      if(parts[0] == "A")
        {
         m_acked = MathMax(m_acked, sequence);
         m_last = MathMax(m_last, StringToInteger(parts[2]));
         Forget(m_acked);
        }
      // A line that was cut off by a crash has not the brace that ends it.
      else if(parts[0] == "E" && sequence > m_last && StringGetCharacter(parts[2], StringLen(parts[2]) - 1) == '}')
        {
         m_last = sequence;
         Keep(sequence, parts[2]);
        }
     }
  };
//+------------------------------------------------------------------+
