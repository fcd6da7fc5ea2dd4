//+------------------------------------------------------------------+
//| Orders, deals, symbols and money as the protocol writes them.    |
//+------------------------------------------------------------------+
#property strict

#include "Trading.mqh"

// A decimal without an exponent and without a minus before zero.
string Decimal(const double value, const int digits)
  {
   string text = DoubleToString(value, digits);
   return StringToDouble(text) == 0 ? "0" : text;
  }

// Seconds that the server's clock is before UTC, to the quarter of an hour.
long ServerOffset(void)
  {
   long off = (long)TimeTradeServer() - (long)TimeGMT();
   return (long)MathRound(off / 900.0) * 900;
  }

long UtcMs(const long serverMs)
  {
   return serverMs - ServerOffset() * 1000;
  }

string PriceText(const string symbol, const double price)
  {
   return Decimal(price, (int)SymbolInfoInteger(symbol, SYMBOL_DIGITS));
  }

string ContractText(const string symbol)
  {
   return Decimal(SymbolInfoDouble(symbol, SYMBOL_TRADE_CONTRACT_SIZE), 8);
  }

string StateText(const ENUM_ORDER_STATE state)
  {
   switch(state)
     {
      case ORDER_STATE_STARTED:
         return "started";
      case ORDER_STATE_PLACED:
         return "placed";
      case ORDER_STATE_CANCELED:
         return "canceled";
      case ORDER_STATE_PARTIAL:
         return "partial";
      case ORDER_STATE_FILLED:
         return "filled";
      case ORDER_STATE_REJECTED:
         return "rejected";
      case ORDER_STATE_EXPIRED:
         return "expired";
      case ORDER_STATE_REQUEST_ADD:
         return "request_add";
      case ORDER_STATE_REQUEST_MODIFY:
         return "request_modify";
      default:
         return "request_cancel";
     }
  }

// An order of the terminal: open where it can be selected, else of history. Empty where it is neither.
bool TerminalOrder(const ulong ticket, string &symbol, ENUM_ORDER_TYPE &type, double &volume, double &filled, double &price,
                   double &stop, ENUM_ORDER_STATE &state, string &comment, long &magic)
  {
   double left = 0, open = 0, stoplimit = 0;
   if(OrderSelect(ticket))
     {
      symbol = OrderGetString(ORDER_SYMBOL);
      type = (ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE);
      volume = OrderGetDouble(ORDER_VOLUME_INITIAL);
      left = OrderGetDouble(ORDER_VOLUME_CURRENT);
      open = OrderGetDouble(ORDER_PRICE_OPEN);
      stoplimit = OrderGetDouble(ORDER_PRICE_STOPLIMIT);
      state = (ENUM_ORDER_STATE)OrderGetInteger(ORDER_STATE);
      comment = OrderGetString(ORDER_COMMENT);
      magic = OrderGetInteger(ORDER_MAGIC);
     }
   else
      if(HistoryOrderSelect(ticket))
        {
         symbol = HistoryOrderGetString(ticket, ORDER_SYMBOL);
         type = (ENUM_ORDER_TYPE)HistoryOrderGetInteger(ticket, ORDER_TYPE);
         volume = HistoryOrderGetDouble(ticket, ORDER_VOLUME_INITIAL);
         left = HistoryOrderGetDouble(ticket, ORDER_VOLUME_CURRENT);
         open = HistoryOrderGetDouble(ticket, ORDER_PRICE_OPEN);
         stoplimit = HistoryOrderGetDouble(ticket, ORDER_PRICE_STOPLIMIT);
         state = (ENUM_ORDER_STATE)HistoryOrderGetInteger(ticket, ORDER_STATE);
         comment = HistoryOrderGetString(ticket, ORDER_COMMENT);
         magic = HistoryOrderGetInteger(ticket, ORDER_MAGIC);
        }
      else
         return false;
   filled = volume - left;
   bool limit = type == ORDER_TYPE_BUY_LIMIT || type == ORDER_TYPE_SELL_LIMIT;
   bool stops = type == ORDER_TYPE_BUY_STOP || type == ORDER_TYPE_SELL_STOP;
   bool both = type == ORDER_TYPE_BUY_STOP_LIMIT || type == ORDER_TYPE_SELL_STOP_LIMIT;
   price = limit ? open : both ? stoplimit : 0;
   stop = stops || both ? open : 0;
   return true;
  }

bool IsBuyType(const ENUM_ORDER_TYPE type)
  {
   return type == ORDER_TYPE_BUY || type == ORDER_TYPE_BUY_LIMIT || type == ORDER_TYPE_BUY_STOP ||
          type == ORDER_TYPE_BUY_STOP_LIMIT;
  }

string OrderJson(const string name, const string cid, const string symbol, const string side, const double volume,
                 const double filled, const double price, const double stop, const string state, const string reason)
  {
   return "{\"order\":" + JsonText(name) + ",\"cid\":" + JsonText(cid) + ",\"symbol\":" + JsonText(symbol) + ",\"side\":\"" + side +
          "\",\"volume\":\"" + Decimal(volume, 8) + "\",\"filled\":\"" + Decimal(filled, 8) + "\",\"price\":\"" +
          PriceText(symbol, price) + "\",\"stop\":\"" + PriceText(symbol, stop) + "\",\"contract\":\"" + ContractText(symbol) +
          "\",\"state\":\"" + state + "\",\"reason\":" + JsonText(reason) + "}";
  }

// An order of ours, from what is on disk and what the terminal shows. False where nothing certain can be said.
bool RecordJson(OrderBook &book, const OrderRecord &r, string &json)
  {
   string state = "waiting";
   double filled = r.filledBefore, volume = r.volume, price = r.price, stop = r.stop;
   if(r.state == RECORD_SENDING)
      return false;
   if(r.state == RECORD_REFUSED)
      state = "rejected";
   if(r.state == RECORD_ENDED)
      state = "canceled";
   if(r.state == RECORD_SENT)
     {
      string symbol, comment;
      ENUM_ORDER_TYPE type;
      ENUM_ORDER_STATE now;
      double shownVolume, shownFilled;
      long magic;
      if(!TerminalOrder(r.ticket, symbol, type, shownVolume, shownFilled, price, stop, now, comment, magic))
         return false;
      filled += shownFilled;
      state = StateText(now);
      // Cut to what could be reduced: what is left out of it can trade no more.
      if(r.filledBefore == 0)
         volume = shownVolume;
     }
   json = OrderJson(book.NameOf(r), r.cid, r.symbol, r.side, volume, filled, price, stop, state, r.reason);
   return true;
  }

// A deal of history, which has to be selected. Deals of orders that others placed have no cid.
string DealJson(OrderBook &book, const ulong deal)
  {
   long type = HistoryDealGetInteger(deal, DEAL_TYPE);
   bool isTrade = type == DEAL_TYPE_BUY || type == DEAL_TYPE_SELL;
   string symbol = HistoryDealGetString(deal, DEAL_SYMBOL);
   ulong ticket = (ulong)HistoryDealGetInteger(deal, DEAL_ORDER);
   OrderRecord r;
   bool own = book.At(book.FindTicket(ticket), r);
   long entry = HistoryDealGetInteger(deal, DEAL_ENTRY);
   string entries = entry == DEAL_ENTRY_IN ? "in" : entry == DEAL_ENTRY_OUT ? "out" : entry == DEAL_ENTRY_INOUT ? "inout" : "out_by";
   string currency = AccountInfoString(ACCOUNT_CURRENCY);
   int money = (int)AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS);
   double charges = HistoryDealGetDouble(deal, DEAL_COMMISSION) + HistoryDealGetDouble(deal, DEAL_FEE);
   return "{\"deal\":\"" + StringFormat("%I64u", deal) + "\",\"order\":" +
          JsonText(own ? book.NameOf(r) : StringFormat("%I64u", ticket)) + ",\"cid\":" + JsonText(own ? r.cid : "") +
          ",\"symbol\":" + JsonText(symbol) + ",\"kind\":\"" +
          (isTrade ? "trade" : type == DEAL_TYPE_BALANCE ? "balance" : "other") + "\",\"side\":\"" +
          (type == DEAL_TYPE_SELL ? "sell" : "buy") + "\",\"entry\":\"" + entries + "\",\"volume\":\"" +
          Decimal(HistoryDealGetDouble(deal, DEAL_VOLUME), 8) + "\",\"price\":\"" +
          (isTrade ? PriceText(symbol, HistoryDealGetDouble(deal, DEAL_PRICE)) : "0") + "\",\"commission\":\"" +
          Decimal(charges, money) + "\",\"swap\":\"" + Decimal(HistoryDealGetDouble(deal, DEAL_SWAP), money) +
          "\",\"profit\":\"" + Decimal(HistoryDealGetDouble(deal, DEAL_PROFIT), money) + "\",\"contract\":\"" +
          (isTrade ? ContractText(symbol) : "1") + "\",\"quote\":" +
          JsonText(isTrade ? SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT) : currency) + ",\"currency\":" + JsonText(currency) +
          ",\"at\":" + StringFormat("%I64d", UtcMs(HistoryDealGetInteger(deal, DEAL_TIME_MSC))) + "}";
  }

string SymbolJson(const string symbol)
  {
   long calc = SymbolInfoInteger(symbol, SYMBOL_TRADE_CALC_MODE);
   string path = SymbolInfoString(symbol, SYMBOL_PATH);
   StringToLower(path);
   bool fx = calc == SYMBOL_CALC_MODE_FOREX || calc == SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE;
   bool stock = calc == SYMBOL_CALC_MODE_EXCH_STOCKS;
   bool future = calc == SYMBOL_CALC_MODE_FUTURES || calc == SYMBOL_CALC_MODE_EXCH_FUTURES;
   string kind = stock ? "stock" : future ? "future" : fx ? "fx" : StringFind(path, "crypto") >= 0 ? "crypto" : "future";
   long mode = SymbolInfoInteger(symbol, SYMBOL_TRADE_MODE);
   string modes = mode == SYMBOL_TRADE_MODE_FULL ? "full" : mode == SYMBOL_TRADE_MODE_LONGONLY ? "long" :
                  mode == SYMBOL_TRADE_MODE_SHORTONLY ? "short" : mode == SYMBOL_TRADE_MODE_CLOSEONLY ? "close" : "disabled";
   return "{\"symbol\":" + JsonText(symbol) + ",\"base\":" + JsonText(SymbolInfoString(symbol, SYMBOL_CURRENCY_BASE)) +
          ",\"quote\":" + JsonText(SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT)) + ",\"kind\":\"" + kind + "\",\"tick\":\"" +
          Decimal(SymbolInfoDouble(symbol, SYMBOL_TRADE_TICK_SIZE), 8) + "\",\"contract\":\"" + ContractText(symbol) +
          "\",\"volume_min\":\"" + Decimal(SymbolInfoDouble(symbol, SYMBOL_VOLUME_MIN), 8) + "\",\"volume_max\":\"" +
          Decimal(SymbolInfoDouble(symbol, SYMBOL_VOLUME_MAX), 8) + "\",\"volume_step\":\"" +
          Decimal(SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP), 8) + "\",\"trade_mode\":\"" + modes + "\"}";
  }

bool TimeframeOf(const string name, ENUM_TIMEFRAMES &timeframe)
  {
   string names[] = {"1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h"};
   ENUM_TIMEFRAMES values[] = {PERIOD_M1, PERIOD_M3, PERIOD_M5, PERIOD_M15, PERIOD_M30, PERIOD_H1,
                               PERIOD_H2, PERIOD_H4, PERIOD_H6, PERIOD_H8, PERIOD_H12};
   for(int i = 0; i < ArraySize(names); i++)
      if(names[i] == name)
        {
         timeframe = values[i];
         return true;
        }
   return false;
  }
//+------------------------------------------------------------------+
