//+------------------------------------------------------------------+
//| JSON of frames: writing by hand, reading by a small parser that  |
//| keeps numbers as the text they were written in.                  |
//+------------------------------------------------------------------+
#property strict

#define JSON_DEPTH_MAX 32
#define JSON_NODES_MAX 20000

enum JsonKind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT };

struct JsonNode
  {
   JsonKind          kind;
   string            name;    // of a field of an object
   string            text;    // of a number, a text or "true"
   int               parent;
   int               next;    // the next node of the same parent, -1 at its end
   int               first;   // first child, -1 for none
   int               last;
  };

// A text in JSON with its quotes.
string JsonText(const string text)
  {
   string out = "\"";
   for(int i = 0; i < StringLen(text); i++)
     {
      ushort c = StringGetCharacter(text, i);
      if(c == '"')
         out += "\\\"";
      else if(c == '\\')
         out += "\\\\";
      else if(c < 32)
         out += StringFormat("\\u%04x", c);
      else
         out += ShortToString(c);
     }
   return out + "\"";
  }

string JsonBool(const bool value)
  {
   return value ? "true" : "false";
  }

class JsonReader
  {
private:
   string            m_text;
   int               m_at;
   JsonNode          m_nodes[];
   int               m_count;

   void              Skip()
     {
      while(m_at < StringLen(m_text))
        {
         ushort c = StringGetCharacter(m_text, m_at);
         if(c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
         m_at++;
        }
     }

   int               Add(const JsonKind kind, const string name, const string text, const int parent)
     {
      if(m_count >= JSON_NODES_MAX)
         return -1;
      if(m_count >= ArraySize(m_nodes))
         ArrayResize(m_nodes, m_count + 256);
      int id = m_count++;
      m_nodes[id].kind = kind;
      m_nodes[id].name = name;
      m_nodes[id].text = text;
      m_nodes[id].parent = parent;
      m_nodes[id].next = -1;
      m_nodes[id].first = -1;
      m_nodes[id].last = -1;
      if(parent >= 0)
        {
         if(m_nodes[parent].first < 0)
            m_nodes[parent].first = id;
         else
            m_nodes[m_nodes[parent].last].next = id;
         m_nodes[parent].last = id;
        }
      return id;
     }

   bool              Quoted(string &out)
     {
      if(m_at >= StringLen(m_text) || StringGetCharacter(m_text, m_at) != '"')
         return false;
      m_at++;
      out = "";
      while(m_at < StringLen(m_text))
        {
         ushort c = StringGetCharacter(m_text, m_at++);
         if(c == '"')
            return true;
         if(c < 32)
            return false;
         if(c != '\\')
           {
            out += ShortToString(c);
            continue;
           }
         if(m_at >= StringLen(m_text))
            return false;
         ushort e = StringGetCharacter(m_text, m_at++);
         if(e == 'n')
            out += "\n";
         else if(e == 't')
            out += "\t";
         else if(e == 'r')
            out += "\r";
         else if(e == '"' || e == '\\' || e == '/')
            out += ShortToString(e);
         else if(e == 'u')
           {
            int value = 0;
            for(int i = 0; i < 4; i++)
              {
               if(m_at >= StringLen(m_text))
                  return false;
               int digit = StringFind("0123456789abcdef", StringSubstr(Lower(m_text, m_at), 0, 1));
               if(digit < 0)
                  return false;
               value = value * 16 + digit;
               m_at++;
              }
            out += ShortToString((ushort)value);
           }
         else
            return false;
        }
      return false;
     }

   static string     Lower(const string text, const int at)
     {
      string one = StringSubstr(text, at, 1);
      StringToLower(one);
      return one;
     }

   bool              Value(const string name, const int parent, const int depth)
     {
      if(depth > JSON_DEPTH_MAX)
         return false;
      Skip();
      if(m_at >= StringLen(m_text))
         return false;
      ushort c = StringGetCharacter(m_text, m_at);
      if(c == '"')
        {
         string text;
         return Quoted(text) && Add(JSON_TEXT, name, text, parent) >= 0;
        }
      if(c == '{' || c == '[')
        {
         m_at++;
         int id = Add(c == '{' ? JSON_OBJECT : JSON_LIST, name, "", parent);
         return id >= 0 && Members(id, c == '{', depth);
        }
      if(StringSubstr(m_text, m_at, 4) == "true")
        {
         m_at += 4;
         return Add(JSON_BOOL, name, "true", parent) >= 0;
        }
      if(StringSubstr(m_text, m_at, 5) == "false")
        {
         m_at += 5;
         return Add(JSON_BOOL, name, "false", parent) >= 0;
        }
      if(StringSubstr(m_text, m_at, 4) == "null")
        {
         m_at += 4;
         return Add(JSON_NULL, name, "", parent) >= 0;
        }
      int from = m_at;
      while(m_at < StringLen(m_text) && StringFind("+-.eE0123456789", StringSubstr(m_text, m_at, 1)) >= 0)
         m_at++;
      return m_at > from && Add(JSON_NUMBER, name, StringSubstr(m_text, from, m_at - from), parent) >= 0;
     }

   bool              Members(const int id, const bool isObject, const int depth)
     {
      ushort close = isObject ? '}' : ']';
      Skip();
      if(m_at < StringLen(m_text) && StringGetCharacter(m_text, m_at) == close)
        {
         m_at++;
         return true;
        }
      while(true)
        {
         string name = "";
         if(isObject)
           {
            Skip();
            if(!Quoted(name))
               return false;
            Skip();
            if(m_at >= StringLen(m_text) || StringGetCharacter(m_text, m_at) != ':')
               return false;
            m_at++;
           }
         if(!Value(name, id, depth + 1))
            return false;
         Skip();
         if(m_at >= StringLen(m_text))
            return false;
         ushort c = StringGetCharacter(m_text, m_at++);
         if(c == close)
            return true;
         if(c != ',')
            return false;
        }
     }

public:
   // Reads a whole text. Node 0 is its value.
   bool              Read(const string text)
     {
      m_text = text;
      m_at = 0;
      m_count = 0;
      if(!Value("", -1, 0))
         return false;
      Skip();
      return m_at == StringLen(m_text);
     }

   int               Field(const int id, const string name) const
     {
      if(id < 0 || id >= m_count || m_nodes[id].kind != JSON_OBJECT)
         return -1;
      for(int child = m_nodes[id].first; child >= 0; child = m_nodes[child].next)
         if(m_nodes[child].name == name)
            return child;
      return -1;
     }

   string            TextOf(const int id, const string otherwise = "") const
     {
      if(id < 0 || id >= m_count)
         return otherwise;
      JsonKind kind = m_nodes[id].kind;
      return kind == JSON_TEXT || kind == JSON_NUMBER || kind == JSON_BOOL ? m_nodes[id].text : otherwise;
     }

   string            Text(const int id, const string name, const string otherwise = "") const
     {
      return TextOf(Field(id, name), otherwise);
     }

   double            Number(const int id, const string name) const
     {
      return StringToDouble(Text(id, name, "0"));
     }

   long              Whole(const int id, const string name) const
     {
      return StringToInteger(Text(id, name, "0"));
     }

   bool              IsTrue(const int id, const string name) const
     {
      return Text(id, name) == "true";
     }

   int               First(const int id) const
     {
      return id < 0 || id >= m_count ? -1 : m_nodes[id].first;
     }

   int               Next(const int id) const
     {
      return id < 0 || id >= m_count ? -1 : m_nodes[id].next;
     }
  };
//+------------------------------------------------------------------+
