//+------------------------------------------------------------------+
//| ApexTrade: lets an account of ApexTrade trade through this       |
//| terminal. Speaks MTB/1, see docs/venues/mt5-bridge.md. One chart |
//| of any symbol is enough; one Expert Advisor to an account.       |
//+------------------------------------------------------------------+
#property copyright "ApexTrade"
#property version   "1.00"
#property strict

#include "ApexTrade/Answers.mqh"
#include "ApexTrade/EventRing.mqh"
#include "ApexTrade/Wire.mqh"

input string InpHost = "";            // Host of the sidecar, such as bridge.example.org
input int    InpPort = 8443;          // Its port for terminals
input string InpKeyId = "1";          // Which key: accounts have one
input string InpSecret = "";          // The key itself
input long   InpMagic = 910042;       // Marks orders as ours
input uint   InpDeviation = 20;       // Points that a market order may slip
input int    InpTimerMs = 20;         // How often the line is looked at

#define EA_VERSION "1.0.0"
#define BEAT_MS 5000
#define SILENT_MS_MAX 10000
// Events on their way at once: the rest waits in the ring.
#define IN_FLIGHT_MAX 64

enum LineState { LINE_DOWN, LINE_GREETED, LINE_CHALLENGED, LINE_UP };

Wire      g_wire;
EventRing g_ring;
Trading   g_trading;
Answers   g_answers;
LineState g_state = LINE_DOWN;
string    g_nonce = "";
string    g_serverNonce = "";
ulong     g_heardAt = 0;
ulong     g_beatAt = 0;
ulong     g_retryAt = 0;
int       g_tries = 0;
long      g_nextId = 0;
long      g_sent = 0;              // number of the last event sent on this connection
long      g_clockOffset = 0;       // our tick count against the other side's clock, ms
string    g_symbols[];
double    g_bids[];

//+------------------------------------------------------------------+
int OnInit()
  {
   if(InpHost == "" || InpKeyId == "" || StringLen(InpSecret) < 32)
     {
      Alert("ApexTrade: host, name of the key and key must be set.");
      return INIT_PARAMETERS_INCORRECT;
     }
   MathSrand((int)(GetTickCount64() & 0x7fff));
   string folder = StringFormat("ApexTrade\\%I64d-%s", AccountInfoInteger(ACCOUNT_LOGIN), AccountInfoString(ACCOUNT_SERVER));
   if(!g_trading.Open(folder + "-orders.txt", InpMagic, InpDeviation) || !g_ring.Open(folder + "-events.txt"))
     {
      Alert("ApexTrade: the terminal cannot write its files. Nothing is traded without them.");
      return INIT_FAILED;
     }
   g_answers.Init(GetPointer(g_trading));
   EventSetMillisecondTimer(MathMax(10, InpTimerMs));
   return INIT_SUCCEEDED;
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   if(g_state == LINE_UP)
      g_wire.Send(StringFormat("{\"v\":1,\"t\":\"bye\",\"reason\":\"deinit %d\"}", reason));
   g_wire.Close();
  }

//+------------------------------------------------------------------+
//| The line                                                         |
//+------------------------------------------------------------------+
void OnTimer()
  {
   ulong now = GetTickCount64();
   if(!g_wire.IsOpen())
     {
      if(g_state != LINE_DOWN)
         Down("the connection ended");
      if(now >= g_retryAt)
         Dial(now);
     }
   else
     {
      string texts[];
      if(g_wire.Receive(texts))
         for(int i = 0; i < ArraySize(texts) && g_wire.IsOpen(); i++)
            Hear(texts[i], now);
      if(g_wire.IsOpen() && now - g_heardAt > SILENT_MS_MAX)
         Down("silent");
      if(g_state == LINE_UP && now - g_beatAt >= BEAT_MS)
        {
         g_beatAt = now;
         g_wire.Send(StringFormat("{\"v\":1,\"t\":\"ping\",\"id\":%I64d,\"ts\":%I64d}", ++g_nextId, (long)TimeGMT() * 1000));
        }
     }
   Watch();
   if(g_state == LINE_UP)
     {
      Tell();
      TellPrices();
     }
  }

void Dial(const ulong now)
  {
   if(!g_wire.Open(InpHost, InpPort))
     {
      Wait(now);
      return;
     }
   g_heardAt = now;
   g_nonce = NewNonce();
   g_state = LINE_GREETED;
   bool allowed = TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) && AccountInfoInteger(ACCOUNT_TRADE_EXPERT);
   string hello = "{\"v\":1,\"t\":\"hello\",\"nonce\":\"" + g_nonce + "\",\"login\":\"" +
                  StringFormat("%I64d", AccountInfoInteger(ACCOUNT_LOGIN)) + "\",\"server\":" +
                  JsonText(AccountInfoString(ACCOUNT_SERVER)) + ",\"company\":" + JsonText(AccountInfoString(ACCOUNT_COMPANY)) +
                  ",\"ea\":\"" + EA_VERSION + "\",\"build\":" + IntegerToString(TerminalInfoInteger(TERMINAL_BUILD)) +
                  ",\"hedging\":" + JsonBool(Trading::IsHedging()) + ",\"trade_allowed\":" + JsonBool(allowed) +
                  ",\"gmt_offset\":" + IntegerToString(ServerOffset()) + ",\"last_seq\":" + IntegerToString(g_ring.Last()) + "}";
   if(g_nonce == "" || !g_wire.Send(hello))
      Down("hello could not be sent");
  }

void Down(const string reason)
  {
   if(g_state != LINE_DOWN)
      PrintFormat("ApexTrade: %s", reason);
   g_state = LINE_DOWN;
   g_wire.Close();
   Wait(GetTickCount64());
  }

// After 1, 2, 5, 10, 30 seconds, and up to half as long again by chance.
void Wait(const ulong now)
  {
   int waits[] = {1000, 2000, 5000, 10000, 30000};
   int wait = waits[MathMin(g_tries, ArraySize(waits) - 1)];
   g_tries++;
   g_retryAt = now + (ulong)(wait + wait / 2 * (MathRand() / 32767.0));
  }

void Hear(const string text, const ulong now)
  {
   g_heardAt = now;
   JsonReader json;
   if(!json.Read(text) || json.Text(0, "v") != "1")
     {
      Down("a frame could not be read");
      return;
     }
   string t = json.Text(0, "t");
   if(t == "challenge" && g_state == LINE_GREETED)
      Prove(json);
   else if(t == "welcome" && g_state == LINE_CHALLENGED)
      Join(json, now);
   else if(g_state != LINE_UP)
      Down("a frame came out of its turn");
   else if(t == "req")
      Request(json, now);
   else if(t == "ack")
      g_ring.Ack(json.Whole(0, "seq"));
   else if(t == "ping")
     {
      Clock(json.Whole(0, "ts"), now);
      g_wire.Send("{\"v\":1,\"t\":\"pong\",\"id\":" + json.Text(0, "id", "0") + "}");
     }
   else if(t == "bye")
      Down("the sidecar left");
  }

string Greeting(const string first, const string second)
  {
   return first + "|" + second + "|" + StringFormat("%I64d", AccountInfoInteger(ACCOUNT_LOGIN)) + "|" +
          AccountInfoString(ACCOUNT_SERVER);
  }

void Prove(const JsonReader &json)
  {
   g_serverNonce = json.Text(0, "nonce");
   string mac = HmacSha256Hex(InpSecret, Greeting(g_nonce, g_serverNonce));
   g_state = LINE_CHALLENGED;
   if(mac == "" || !g_wire.Send("{\"v\":1,\"t\":\"auth\",\"key_id\":" + JsonText(InpKeyId) + ",\"mac\":\"" + mac + "\"}"))
      Down("the proof could not be sent");
  }

void Join(const JsonReader &json, const ulong now)
  {
   string expected = HmacSha256Hex(InpSecret, "welcome|" + Greeting(g_serverNonce, g_nonce));
   if(expected == "" || !EqualTexts(expected, json.Text(0, "mac")))
     {
      Down("the other side does not know the key");
      return;
     }
   g_state = LINE_UP;
   g_tries = 0;
   g_beatAt = now;
   Clock(json.Whole(0, "ts"), now);
   if(json.Field(0, "ack_seq") >= 0)
      g_ring.Ack(json.Whole(0, "ack_seq"));
   g_sent = g_ring.Acked();
   ArrayResize(g_symbols, 0);
   ArrayResize(g_bids, 0);
   for(int each = json.First(json.Field(0, "subs")); each >= 0; each = json.Next(each))
     {
      int count = ArraySize(g_symbols);
      if(count >= 200 || !SymbolSelect(json.TextOf(each), true))
         continue;
      ArrayResize(g_symbols, count + 1);
      ArrayResize(g_bids, count + 1);
      g_symbols[count] = json.TextOf(each);
      g_bids[count] = 0;
     }
   PrintFormat("ApexTrade: connected to %s", InpHost);
  }

void Clock(const long ts, const ulong now)
  {
   long offset = ts - (long)now;
   // The least that was measured is the one with the shortest way.
   g_clockOffset = g_clockOffset == 0 ? offset : MathMax(offset, g_clockOffset - 50);
  }

void Request(const JsonReader &json, const ulong now)
  {
   string id = json.Text(0, "id", "0");
   long end = json.Whole(0, "ts") + json.Whole(0, "left_ms");
   string out;
   Refusal why;
   why.code = "expired";
   why.retcode = 0;
   why.message = "the request came too late";
   bool late = (long)now + g_clockOffset > end;
   if(!late && g_answers.Answer(json.Text(0, "m"), json, json.Field(0, "p"), out, why))
     {
      g_wire.Send("{\"v\":1,\"t\":\"res\",\"id\":" + id + ",\"ok\":true,\"r\":" + out + "}");
      return;
     }
   g_wire.Send("{\"v\":1,\"t\":\"res\",\"id\":" + id + ",\"ok\":false,\"err\":{\"code\":" + JsonText(why.code) +
               ",\"retcode\":" + IntegerToString(why.retcode) + ",\"msg\":" + JsonText(StringSubstr(why.message, 0, 300)) + "}}");
  }

// Sends what is in the ring and has room on the way.
void Tell(void)
  {
   while(g_sent - g_ring.Acked() < IN_FLIGHT_MAX)
     {
      long sequence = 0;
      string text = g_ring.After(g_sent, sequence);
      if(text == "" || !g_wire.Send(text))
         return;
      g_sent = sequence;
     }
  }

void TellPrices(void)
  {
   for(int i = 0; i < ArraySize(g_symbols); i++)
     {
      MqlTick tick;
      if(!SymbolInfoTick(g_symbols[i], tick) || tick.bid == g_bids[i] || tick.bid <= 0)
         continue;
      g_bids[i] = tick.bid;
      g_wire.Send("{\"v\":1,\"t\":\"evt\",\"seq\":0,\"e\":\"tick\",\"d\":{\"symbol\":" + JsonText(g_symbols[i]) + ",\"bid\":\"" +
                  PriceText(g_symbols[i], tick.bid) + "\",\"at\":" + StringFormat("%I64d", UtcMs(tick.time_msc)) + "}}");
     }
  }

//+------------------------------------------------------------------+
//| What happens at the trade server                                 |
//+------------------------------------------------------------------+
void OnTradeTransaction(const MqlTradeTransaction &transaction, const MqlTradeRequest &request, const MqlTradeResult &result)
  {
   switch(transaction.type)
     {
      case TRADE_TRANSACTION_DEAL_ADD:
         if(HistoryDealSelect(transaction.deal))
            g_ring.Add("deal", DealJson(g_trading.Book(), transaction.deal));
         else
            // Not in the history yet: whoever hears this asks for everything.
            g_ring.Add("account", "{}");
         break;
      case TRADE_TRANSACTION_ORDER_ADD:
      case TRADE_TRANSACTION_ORDER_UPDATE:
      case TRADE_TRANSACTION_HISTORY_ADD:
         TellOrder(transaction.order);
         break;
      default:
         break;
     }
  }

void TellOrder(const ulong ticket)
  {
   OrderBook *book = g_trading.Book();
   OrderRecord r;
   string json;
   if(book.At(book.FindTicket(ticket), r) && RecordJson(book, r, json))
      g_ring.Add("order", json);
  }

void TellRecord(const OrderRecord &r)
  {
   string json;
   if(RecordJson(g_trading.Book(), r, json))
      g_ring.Add("order", json);
  }

//+------------------------------------------------------------------+
//| What the terminal keeps doing by itself                          |
//+------------------------------------------------------------------+
void Watch(void)
  {
   OrderBook *book = g_trading.Book();
   for(int i = 0; i < book.Count(); i++)
     {
      // There may be thousands from the last months: only what can still change is looked at.
      OrderRecord r;
      if(book.IsDone(i) || !book.At(i, r))
         continue;
      if(r.state == RECORD_WAITING)
         WakeLeg(r);
      else if(r.state == RECORD_SENT && OrderSelect(r.ticket))
        {
         g_trading.Trail(r);
         EndNeedless(r);
        }
      else if(r.state == RECORD_SENT && HistoryOrderSelect(r.ticket))
         book.SetDone(i);
     }
   g_trading.CloseOpposites();
  }

// Lots that an order of ours has filled and whether it has ended.
bool Progress(OrderRecord &r, double &filled, bool &ended)
  {
   filled = r.filledBefore;
   ended = r.state == RECORD_REFUSED || r.state == RECORD_ENDED;
   if(r.state != RECORD_SENT)
      return r.state != RECORD_SENDING;
   string symbol, comment;
   ENUM_ORDER_TYPE type;
   ENUM_ORDER_STATE state;
   double volume, now, price, stop;
   long magic;
   if(!TerminalOrder(r.ticket, symbol, type, volume, now, price, stop, state, comment, magic))
      return false;
   filled += now;
   ended = state == ORDER_STATE_FILLED || state == ORDER_STATE_CANCELED || state == ORDER_STATE_REJECTED ||
           state == ORDER_STATE_EXPIRED;
   return true;
  }

// Places a leg once its entry has ended with something filled; ends it where nothing was.
void WakeLeg(OrderRecord &leg)
  {
   OrderBook *book = g_trading.Book();
   OrderRecord entry;
   double filled;
   bool ended;
   if(!book.At(book.Find(leg.parent), entry) || !Progress(entry, filled, ended) || !ended)
      return;
   if(filled <= 0 || SiblingTraded(leg))
     {
      leg.state = RECORD_ENDED;
      leg.reason = "linked";
      book.Store(leg);
      TellRecord(leg);
      return;
     }
   leg.volume = Trading::Normal(MathMin(leg.volume, filled), leg.symbol);
   Refusal why;
   if(!g_trading.Send(leg, why))
      PrintFormat("ApexTrade: a protective order could not be placed (%u)", why.retcode);
   TellRecord(leg);
  }

bool SiblingTraded(const OrderRecord &leg)
  {
   OrderBook *book = g_trading.Book();
   for(int i = 0; i < book.Count(); i++)
     {
      OrderRecord other;
      double filled;
      bool ended;
      if(book.At(i, other) && other.parent == leg.parent && other.cid != leg.cid && Progress(other, filled, ended) && filled > 0)
         return true;
     }
   return false;
  }

// Removes an open order that has nothing left to do: a leg whose sibling has traded, and one that could reduce nothing.
void EndNeedless(OrderRecord &r)
  {
   if(r.type == "market")
      return;
   bool linked = r.isLeg() && SiblingTraded(r);
   bool idle = r.reduce && Trading::Reducible(r) <= 0;
   if(!linked && !idle)
      return;
   r.reason = linked ? "linked" : "nothing_to_reduce";
   g_trading.Book().Store(r);
   Refusal why;
   if(!g_trading.Remove(r.ticket, why))
      PrintFormat("ApexTrade: an order could not be removed (%u)", why.retcode);
  }
//+------------------------------------------------------------------+
