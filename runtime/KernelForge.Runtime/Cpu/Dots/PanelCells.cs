namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Panels of weights, [inputs, width], rounded to cells, [cells, width].</summary>
internal static unsafe class PanelCells
{
    public static void ToBFloat16(float* from, int inputs, int width, int* to)
    {
        const int values = 2;
        int* row = stackalloc int[width];
        for (int k = 0; k < inputs; k++)
        {
            Narrow.ToBFloat16(from + ((nint)k * width), width, row, width / values);
            var halves = (ushort*)to + ((nint)(k / values) * width * values) + (k % values);
            for (int column = 0; column < width; column++) halves[column * values] = ((ushort*)row)[column];
        }
    }

    /// <param name="from">[inputs, width].</param>
    /// <param name="inputs">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="to">[cells, width].</param>
    /// <param name="steps">What one step of each column is: its largest magnitude is 127 of them.</param>
    /// <param name="start">What takes away the <see cref="Narrow.Zero"/> that rows have in each of their bytes.</param>
    public static void ToBytes(float* from, int inputs, int width, int* to, float* steps, int* start)
    {
        const int values = 4;
        float* factors = stackalloc float[width];
        new Span<float>(steps, width).Clear();
        new Span<int>(start, width).Clear();
        for (int k = 0; k < inputs; k++)
        {
            for (int column = 0; column < width; column++)
                steps[column] = MathF.Max(steps[column], MathF.Abs(from[((nint)k * width) + column]));
        }
        for (int column = 0; column < width; column++)
        {
            factors[column] = Narrow.FactorOf(steps[column]);
            steps[column] = Narrow.StepOf(steps[column]);
        }
        for (int k = 0; k < inputs; k++)
        {
            var bytes = (sbyte*)to + ((nint)(k / values) * width * values) + (k % values);
            for (int column = 0; column < width; column++)
            {
                sbyte value = Narrow.ToSignedByte(from[((nint)k * width) + column], factors[column]);
                bytes[column * values] = value;
                start[column] -= Narrow.Zero * value;
            }
        }
    }
}
