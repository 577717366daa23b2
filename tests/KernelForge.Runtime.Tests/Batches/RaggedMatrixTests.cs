using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Batches;

public sealed class RaggedMatrixTests
{
    [Fact]
    public void Rows_and_sequences_are_views_of_one_packed_array()
    {
        var matrix = new RaggedMatrix([2, 0, 1], 2);
        Assert.Equal([0, 2, 2, 3], matrix.Offsets);
        Assert.Equal(3, matrix.Rows);
        Assert.Equal(6, matrix.Values.Length);
        matrix.Row(1)[0] = 7;
        matrix.Sequence(2)[1] = 9;
        Assert.Equal([0f, 0f, 7f, 0f, 0f, 9f], matrix.Values);
        Assert.Equal([0f, 0f, 7f, 0f], matrix.Sequence(0));
        Assert.True(matrix.Sequence(1).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Row(3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Sequence(-1).Length);
    }

    [Fact]
    public void Copies_have_the_shape_of_each_sequence_and_are_copies()
    {
        var matrix = new RaggedMatrix([2, 0], 3);
        matrix.Row(1)[2] = 5;
        float[][,] copies = matrix.ToArrays();
        Assert.Equal(5, copies[0][1, 2]);
        Assert.Equal((2, 3), (copies[0].GetLength(0), copies[0].GetLength(1)));
        Assert.Equal((0, 3), (copies[1].GetLength(0), copies[1].GetLength(1)));
        copies[0][1, 2] = 6;
        Assert.Equal(5, matrix.Row(1)[2]);
    }

    [Fact]
    public void Another_batch_fits_into_the_same_matrix_without_allocating_and_begins_as_zeros()
    {
        var matrix = new RaggedMatrix([4, 4], 3);
        matrix.Values.Fill(1);
        int[] first = [0, 1, 2], second = [0, 8];
        matrix.Reset(first, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        matrix.Reset(second, 3);
        matrix.Values.Fill(2);
        matrix.Reset(first, 2);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(new float[4], matrix.Values);
        Assert.Equal(2, matrix.SequenceCount);
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        Refuses.With<ArgumentException>("sequence 1 has the length -1", () => new RaggedMatrix([1, -1], 1));
        Refuses.With<ArgumentException>("more than 2147483647 rows", () => new RaggedMatrix([int.MaxValue, 1], 1));
        Refuses.With<ArgumentException>("the limit is", () => new RaggedMatrix([65536], 65536));
        Refuses.With<ArgumentException>("begin with 0", () => new RaggedMatrix().Reset([1, 2], 1));
        Refuses.With<ArgumentException>("begin with 0", () => new RaggedMatrix().Reset([], 1));
        Refuses.With<ArgumentException>("offset 2 is 1, below the 3", () => new RaggedMatrix().Reset([0, 3, 1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RaggedMatrix([1], -1));
    }

    [Theory, InlineData(1), InlineData(7), InlineData(8), InlineData(33), InlineData(64)]
    public void The_mean_of_each_sequence_agrees_with_a_plain_sum_and_an_empty_one_is_zeros(int columns)
    {
        var random = new Random(columns);
        var matrix = new RaggedMatrix([3, 0, 1, 200], columns);
        foreach (ref float value in matrix.Values) value = random.NextSingle() * 2 - 1;
        Matrix means = matrix.MeanPool();
        Assert.Equal((4, columns), (means.Rows, means.Columns));
        for (int s = 0; s < 4; s++)
        {
            float[,] rows = matrix.ToArray(s);
            for (int column = 0; column < columns; column++)
            {
                double sum = 0;
                for (int row = 0; row < rows.GetLength(0); row++) sum += rows[row, column];
                Assert.Equal(rows.Length == 0 ? 0 : (float)(sum / rows.GetLength(0)), means[s, column]);
            }
        }
    }

    [Fact]
    public void Pooling_into_a_matrix_gives_it_the_right_size_and_no_old_values()
    {
        var destination = new Matrix(5, 9);
        destination.Values.Fill(3);
        new RaggedMatrix([0, 0], 2).MeanPool(destination);
        Assert.Equal((2, 2), (destination.Rows, destination.Columns));
        Assert.Equal(new float[4], destination.Values);
    }

    [Fact]
    public void Rows_are_normalised_and_the_norm_of_zeros_is_zeros()
    {
        var matrix = new Matrix(3, 2);
        matrix[0, 0] = 3;
        matrix[0, 1] = 4;
        matrix[2, 0] = 1e-30f; // its square is no float
        Matrix normalized = matrix.Normalize();
        Assert.Equal([0.6f, 0.8f, 0f, 0f, 1f, 0f], normalized.Values);
        Assert.Equal(3, matrix[0, 0]);
        matrix.Normalize(matrix);
        Assert.Equal(normalized.Values, matrix.Values);
        Refuses.With<ArgumentException>("expected [3, 2]", () => matrix.Normalize(new Matrix(2, 3)));
        Assert.Equal(0.8f, normalized.ToArray()[0, 1]);
    }
}
