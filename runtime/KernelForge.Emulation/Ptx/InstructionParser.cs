using System.Collections.Immutable;
using System.Globalization;

namespace KernelForge.Emulation.Ptx;

/// <summary>Reads one instruction with its guard and operands.</summary>
internal static class InstructionParser
{
    public static PtxInstruction Read(TokenReader reader, Scope scope, SourcePlace origin)
    {
        int line = reader.Current.Line;
        PtxRegister? guard = null;
        bool negated = false;
        if (reader.Accept('@'))
        {
            negated = reader.Accept('!');
            string name = reader.Word();
            guard = scope.FindRegister(name) ?? throw reader.Error($"the predicate '{name}' is not declared");
        }
        string opcode = reader.Word();
        var operands = ImmutableArray.CreateBuilder<Operand>();
        while (!reader.Accept(';'))
        {
            operands.Add(OneOrPair(reader, scope));
            reader.Accept(',');
        }
        return new PtxInstruction(line, origin, guard, negated, opcode, operands.ToImmutable());
    }

    private static Operand OneOrPair(TokenReader reader, Scope scope)
    {
        Operand first = One(reader, scope);
        return reader.Accept('|') ? new PairOperand(first, One(reader, scope)) : first;
    }

    private static Operand One(TokenReader reader, Scope scope)
    {
        Token token = reader.Current;
        if (reader.Accept('{')) return List(reader, scope, '}');
        if (reader.Accept('(')) return List(reader, scope, ')');
        if (reader.Accept('[')) return Memory(reader, scope);
        if (reader.Accept('!'))
            return One(reader, scope) is RegisterOperand register
                ? register with { Negated = true }
                : throw reader.Error("'!' stands before predicates only");
        if (token.Kind == TokenKind.Number || token.Is('-')) return Immediate(reader);
        return Named(reader, scope);
    }

    private static Operand Named(TokenReader reader, Scope scope)
    {
        string name = reader.Word();
        if (name == "_") return new SinkOperand();
        if (scope.FindRegister(name) is { } register) return new RegisterOperand(register);
        if (name == "WARP_SZ") return new ImmediateOperand(32, ScalarType.None);
        if (name[0] == '%') return new SpecialOperand(name);
        return scope.FindVariable(name) is { } variable
            ? new AddressOperand(variable, Offset(reader))
            : new NameOperand(name, scope);
    }

    private static ListOperand List(TokenReader reader, Scope scope, char end)
    {
        var items = ImmutableArray.CreateBuilder<Operand>();
        while (!reader.Accept(end))
        {
            items.Add(One(reader, scope));
            reader.Accept(',');
        }
        return new ListOperand(items.ToImmutable());
    }

    private static MemoryOperand Memory(TokenReader reader, Scope scope)
    {
        Operand address = One(reader, scope);
        long offset = Offset(reader);
        if (!reader.Accept(']')) throw reader.Error($"an address with '{reader.Current.Text}' is not known");
        return new MemoryOperand(address, offset);
    }

    private static long Offset(TokenReader reader)
    {
        if (reader.Accept('+')) return reader.Integer();
        return reader.Current.Is('-') ? reader.Integer() : 0;
    }

    /// <summary>A number with its sign.</summary>
    public static ImmediateOperand Immediate(TokenReader reader)
    {
        bool negative = reader.Accept('-');
        if (reader.Current.Kind != TokenKind.Number) throw reader.Error($"a number should stand where '{reader.Current.Text}' is");
        ImmediateOperand value = Number(reader, reader.Current.Text);
        reader.Skip();
        if (!negative) return value;
        return value.Float switch
        {
            ScalarType.F32 => value with { Bits = value.Bits ^ 0x8000_0000 },
            ScalarType.F64 => value with { Bits = value.Bits ^ 0x8000_0000_0000_0000 },
            _ => value with { Bits = unchecked((ulong)-(long)value.Bits) },
        };
    }

    private static ImmediateOperand Number(TokenReader reader, string text)
    {
        string digits = text.TrimEnd('U', 'u');
        bool ok;
        ulong bits;
        var type = ScalarType.None;
        if (HasPrefix(text, 'f')) (ok, type) = (ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, null, out bits), ScalarType.F32);
        else if (HasPrefix(text, 'd')) (ok, type) = (ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, null, out bits), ScalarType.F64);
        else if (HasPrefix(digits, 'x')) ok = ulong.TryParse(digits.AsSpan(2), NumberStyles.HexNumber, null, out bits);
        else if (HasPrefix(digits, 'b')) ok = ulong.TryParse(digits.AsSpan(2), NumberStyles.BinaryNumber, null, out bits);
        else if (text.Contains('.', StringComparison.Ordinal))
        {
            ok = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            (bits, type) = (BitConverter.DoubleToUInt64Bits(value), ScalarType.F64);
        }
        else ok = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bits);
        return ok ? new ImmediateOperand(bits, type) : throw reader.Error($"the number '{text}' is not known");
    }

    private static bool HasPrefix(string text, char kind) => text.Length > 2 && text[0] == '0' && char.ToLowerInvariant(text[1]) == kind;
}
